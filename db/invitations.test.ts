/** A mail with a link is recorded as sent once; reports that came in between are kept. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { atOnce } from '../test/kit/message.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { type Invitation, invitationFor, markInvitationSent } from './invitations.ts';
import { recordMailReceipt } from './mailReceipts.ts';
import { onboarding } from './onboardings.ts';
import { beginTry, endTry } from './sendTries.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

async function accepted() {
  const anna = new Participant(testEnv);
  await anna.invited();
  const { db, clientId } = testEnv;
  const { onboardingId, personId } = anna;
  const mail = await invitationFor(db, {
    onboardingId,
    clientId,
    kind: 'invitation',
    sendKey: randomUUID(),
  });
  const id = await beginTry(db, { personId, channel: 'mail', kind: 'invitation', subjectId: mail.id });
  await endTry(db, id, { outcome: 'accepted' });
  return { mail, row: () => onboarding(db, onboardingId).then((row) => row!) };
}

const markSent = (mail: Invitation) =>
  markInvitationSent(testEnv.db, mail, {
    columns: ({ invitationsSent }) => ({ invitationsSent: invitationsSent + 1 }),
  });

it('counts a mail once, 20 times at once', async () => {
  const { mail, row } = await accepted();
  await atOnce(20, () => markSent(mail));
  expect((await row()).invitationsSent).toBe(1);
});

it('a mail that came back before it was noted as sent is a problem, and not forgotten', async () => {
  const { mail, row } = await accepted();
  await recordMailReceipt(testEnv.db, { mailId: mail.id, delivered: false });
  expect(await markSent(mail)).toMatchObject({ mailProblem: 'mail-undeliverable' });
  expect((await row()).mailRefusedAt).not.toBeNull();
});

it('a mail that comes back in the very moment is a problem, and neither waits for the other: 20 races', async () => {
  for (let race = 0; race < 20; race++) {
    const { mail, row } = await accepted();
    await Promise.all([markSent(mail), recordMailReceipt(testEnv.db, { mailId: mail.id, delivered: false })]);
    expect((await row()).mailRefusedAt).not.toBeNull();
  }
});
