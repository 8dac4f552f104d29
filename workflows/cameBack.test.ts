/** A mail bounced before the run knew that it was sent: it counts, is a problem, and the next one is a new mail. */
import { expect, it } from 'vitest';
import { createInvitationActivities } from '../activities/invitation.ts';
import { invitationFor, markInvitationSent } from '../db/invitations.ts';
import { recordMailReceipt } from '../db/mailReceipts.ts';
import { beginTry, endTry } from '../db/sendTries.ts';
import { durationsOf } from '../outbox/dispatch.ts';
import { expectStatusToMatchDatabase, filtered, recipient } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { holdMails } from '../test/kit/heldMails.ts';
import { MAIL_WEBHOOK_SECRET, report } from '../test/kit/mailProvider.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment } from '../test/kit/testEnvironment.ts';
import { sendInvitation } from './signals.ts';

it('27: while it is being sent; the operator sends another one, which leaves', async (test) => {
  const held = await holdMails(test);
  const testEnv = await createTestEnvironment({
    env: { SMTP_URL: held.url, MAIL_WEBHOOK_SECRET, INVITE_EVERY: '100ms' },
  });
  const anna = new Participant(testEnv);
  await anna.invited();
  const mail = await held.to(anna.email);
  expect(await report(testEnv, mail.messageId!, 'bounced')).toBe(204);
  await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'mail-undeliverable' });
  mail.accept();
  await eventually(async () => (await testEnv.status(anna.onboardingId)).invitationsSent === 1 || undefined);
  const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect([row.invitationsSent, said.problem]).toEqual([1, 'mail-undeliverable']);

  await testEnv
    .workflow(anna.onboardingId)
    .signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
  const again = await eventually(async () => held.mails[1]);
  expect(again.messageId).not.toBe(mail.messageId);
  again.accept();
  await eventually(async () => (await testEnv.status(anna.onboardingId)).problem === null || undefined);
  expect((await recipient(testEnv, anna.personId)).body.onboarding).toMatchObject({ invitationsSent: 2 });
  await testEnv.close();
});

it('27: the worker died after it had written that it was sent; the next one says that it came back', async () => {
  const testEnv = await createTestEnvironment({ worker: false });
  const { db, clientId } = testEnv;
  const anna = new Participant(testEnv);
  const { recipient: to } = await anna.invited();
  const { onboardingId } = anna;
  const key = `invitation:${(await anna.row()).invitationDue}`;
  const mail = await invitationFor(db, { onboardingId, clientId, kind: 'invitation', sendKey: key });
  const tryId = await beginTry(db, {
    personId: to.id,
    channel: 'mail',
    kind: 'invitation',
    subjectId: mail.id,
  });
  await endTry(db, tryId, { outcome: 'accepted' });
  await markInvitationSent(db, mail, { columns: () => ({ invitationDue: null }) });
  const activities = createInvitationActivities({
    db,
    sendMail: () => Promise.reject(new Error('sent again')),
    settings: { publicUrl: new URL(testEnv.url), durations: durationsOf(testEnv.config) },
  });
  const send = { onboardingId, key };
  expect(await activities.sendInvitation(send)).toMatchObject({ invitationDue: null, mailProblem: null });
  await recordMailReceipt(db, { mailId: mail.id, delivered: false });
  expect(await activities.sendInvitation(send)).toMatchObject({ mailProblem: 'mail-undeliverable' });
  await testEnv.close();
});
