/** What a person waits for at a page never waits behind mails that nobody is waiting for. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SEND_SLOTS } from '../processes/startWorker.ts';
import { filtered, readSmsCode } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { holdMails } from '../test/kit/heldMails.ts';
import { atOnce, somebody } from '../test/kit/message.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { askFactorReset, passwordResetWorkflowId } from './signals.ts';

/** More than one worker sends at once, so that some of them wait in Temporal. */
const INVITATIONS = SEND_SLOTS + 10;

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

/** The invitations that the worker is sending. */
const invitationsInHand = () => testEnv.db.sql('send_try').where({ kind: 'invitation' }).pluck('id');

it('a mail server busy with invitations: resets, codes and opened accounts come before the next invitation', async (test) => {
  const held = await holdMails(test);
  await testEnv.restart({ SMTP_URL: held.url, TELL_WHEN_LATER_THAN: '1ms' });
  const anna = await new Participant(testEnv).finished('sms');
  const bram = await new Participant(testEnv).to('profile');
  const carla = await new Participant(testEnv).to('profile');
  await atOnce(INVITATIONS, () => somebody(testEnv));
  await testEnv.startWorker();
  await eventually(async () => (await invitationsInHand()).length === SEND_SLOTS || undefined);

  await anna.elsewhere().post('/forgot-password', { email: anna.email });
  await testEnv
    .workflow(bram.onboardingId)
    .signal(askFactorReset, { by: 'j.de.vries', reason: 'person-called' });
  await carla.post(carla.path, await carla.rightFields('profile'));
  await anna.open('/sign-in');
  await anna.submit({ email: anna.email, password: OWN_PASSWORD });
  await readSmsCode(anna, 'sign-in');
  await filtered(testEnv, carla.onboardingId, { OnboardingStep: 'done' });
  expect((await held.to(anna.email)).text).toContain('/reset/');
  // Nor does the workflow itself wait behind workflows of invitations.
  const link = (await testEnv.db.sql('reset_link').where({ personId: anna.personId }).first('id'))!;
  const run = await testEnv.engine.workflow.getHandle(passwordResetWorkflowId(link.id)).describe();
  expect(run.taskQueue).not.toBe(testEnv.config.TEMPORAL_TASK_QUEUE);
  expect((await held.to(bram.email)).text).toContain('/reset/');
  expect((await held.to(carla.email)).text).toContain('/sign-in');

  expect(await invitationsInHand()).toHaveLength(SEND_SLOTS);
  // No invitation was accepted until now; all are from now on, and none is lost.
  const taken = new Set<unknown>();
  await eventually(async () => {
    for (const mail of held.mails.filter((one) => !taken.has(one))) {
      mail.accept();
      taken.add(mail);
    }
    return taken.size === INVITATIONS + 3 || undefined;
  });
  // Its connections would keep the mail server from closing.
  await testEnv.stopWorker();
});
