/** A person who needs very many attempts: the history grows too long for one run, and another continues. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createInvitedPerson,
  detailsSay,
  expectStatusToMatchDatabase,
  filtered,
  readSmsCode,
} from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import type { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { startTemporal, type Temporal } from '../tools/local/temporal.ts';
import { findTemporal } from '../tools/local/temporalCli.ts';
import { askFactorReset, extendDeadline, onboardingWorkflowId, sendInvitation } from './signals.ts';

/** Events after which a run should end; Temporal's own limit is thousands. */
const LONG = 60;
const INVITATIONS = 5;
const CODES = 6;
const RESETS = 3;

let temporal: Temporal;
let testEnv: TestEnvironment;
beforeAll(async () => {
  const found = await findTemporal(() => undefined);
  if ('hint' in found) throw new Error(found.hint);
  const dynamicConfig = { 'limit.historyCount.suggestContinueAsNew': LONG };
  temporal = await startTemporal({ cli: found.cli, uiPort: false, dynamicConfig });
  const env = { INVITE_EVERY: '500ms', SMS_RESEND_AFTER: '1ms', LIMIT_SMS_PER_DAY: '100' };
  testEnv = await createTestEnvironment({ temporalAddress: temporal.address, env });
});
afterAll(async () => {
  await testEnv.close();
  await temporal.stop();
});

/** The statuses of the runs of one workflow id, oldest first. */
async function runs(onboardingId: string): Promise<string[]> {
  const found: { startTime: Date; status: string }[] = [];
  const query = `WorkflowId = '${onboardingWorkflowId(onboardingId)}'`;
  for await (const { startTime, status } of testEnv.engine.workflow.list({ query }))
    found.push({ startTime, status: status.name });
  return found.sort((a, b) => a.startTime.getTime() - b.startTime.getTime()).map(({ status }) => status);
}

/** An operator's `nth` order that causes a mail; the answer is in the details. */
async function byMail(anna: Participant, asked: typeof sendInvitation, nth: number): Promise<void> {
  const before = (await testEnv.mailbox.mails()).length;
  const ticket = `T-${nth}`;
  const order = { by: 'j.de.vries', reason: 'person-called', ticket };
  await testEnv.workflow(anna.onboardingId).signal(asked, order);
  await anna.mail(before + 1);
  await detailsSay(testEnv, anna.onboardingId, `by j.de.vries (person-called, ${ticket}), ${asked.name}: `);
}

/** The last mail is too recent, and other events fill the history. */
async function byMailWhileItGrowsTooLong(anna: Participant): Promise<void> {
  const run = testEnv.workflow(anna.onboardingId);
  await run.signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
  for (let i = 0; i < LONG; i++) await run.signal(extendDeadline, null);
  await anna.mail(INVITATIONS);
}

it('goes on, run after run, with every fact, counter and answer, and loses and repeats no mail and no code', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  for (let nth = 2; nth < INVITATIONS; nth++) await byMail(anna, sendInvitation, nth);
  await byMailWhileItGrowsTooLong(anna);
  await anna.doStep('sms');
  for (let nth = 2; nth <= CODES; nth++) {
    await readSmsCode(anna);
    await anna.submit({ action: 'resend' });
  }
  await readSmsCode(anna);
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said).toMatchObject({
    step: 'sms',
    facts: { termsAccepted: true, passwordChanged: true, smsVerified: false },
    invitationsSent: INVITATIONS,
  });
  await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'sms', RemindersSent: 0 });

  await anna.doStep('smsCode');
  for (let nth = 1; nth <= RESETS; nth++) await byMail(anna, askFactorReset, nth);
  await anna.skip();
  const sofar = await runs(anna.onboardingId);
  expect(sofar.length).toBeGreaterThan(3);
  await anna.submit(await anna.rightFields('profile'));
  const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect([row.status, row.invitationsSent, said.invitationsSent]).toEqual([
    'completed',
    INVITATIONS,
    INVITATIONS,
  ]);
  await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'done' });
  const ended = await eventually(async () => {
    const now = await runs(anna.onboardingId);
    return now.at(-1) === 'COMPLETED' ? now : undefined;
  });
  expect(new Set(ended.slice(0, -1))).toEqual(new Set(['CONTINUED_AS_NEW']));
  const mails = await testEnv.mailbox.mails();
  expect(mails).toHaveLength(INVITATIONS + RESETS);
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(mails.length);
  expect(testEnv.phone.messages().filter(({ to }) => to === anna.phone)).toHaveLength(CODES);
});
