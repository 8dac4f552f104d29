/** Stories about failures and their repair: delayed or bounced mails, limits, lost runs, early ends. */
import { recordMailReceipt } from '../../db/mailReceipts.ts';
import { eventually } from '../../test/kit/eventually.ts';
import { someNumber } from '../../test/kit/participant.ts';
import {
  allowMoreCodes,
  extendDeadline,
  messageNoticeWorkflowId,
  onboardingWorkflowId,
  sendInvitation,
} from '../../workflows/signals.ts';
import { AT_ANY_HOUR, done, HASTY, type Story } from './stories.ts';
import { at, invited, type StoryParticipant } from './storyParticipant.ts';

/** One SMS per person, and mails count as delayed after a second. */
export const FAILURE_SETTINGS = {
  INVITE_EVERY: '1s',
  SMS_RESEND_AFTER: '1ms',
  LIMIT_SMS_PER_DAY: '1',
  MAIL_DELAYED_AFTER: '1s',
};

/** A mail is given up after seconds, and a reminder when the next one is due. */
const SOON_GIVEN_UP = { ...FAILURE_SETTINGS, MAIL_RETRY_FOR: '2s' };

const problem = (anna: StoryParticipant, wanted: string | null) =>
  anna.settled((status) => status.problem === wanted);

async function finished(anna: StoryParticipant): Promise<string> {
  await anna.finishWithApp();
  await anna.ended();
  return onboardingWorkflowId(anna.onboardingId);
}

export const FAILURE_STORIES: Record<string, Story> = {
  async 'mail-delayed'(testEnv) {
    await testEnv.restart({ ...FAILURE_SETTINGS, SMTP_URL: 'smtp://127.0.0.1:1' });
    const anna = await invited(testEnv);
    await problem(anna, 'mail-delayed');
    await testEnv.restart(FAILURE_SETTINGS);
    await anna.workflow.signal(sendInvitation, { by: 'j.de.vries', reason: 'fixed' });
    await anna.to('sms');
    return finished(anna);
  },

  async 'mail-given-up'(testEnv) {
    await testEnv.restart(SOON_GIVEN_UP);
    testEnv.mailbox.sayLater(true);
    const anna = await invited(testEnv);
    await problem(anna, 'mail-undeliverable');
    testEnv.mailbox.sayLater(false);
    await anna.workflow.signal(sendInvitation, { by: 'j.de.vries', reason: 'fixed' });
    await anna.to('sms');
    return finished(anna);
  },

  async 'notice-given-up'(testEnv) {
    await testEnv.restart(SOON_GIVEN_UP);
    const anna = await at(testEnv, 'sms');
    await finished(anna);
    testEnv.mailbox.sayLater(true);
    const notice = messageNoticeWorkflowId((await anna.invited()).id);
    await done(testEnv, notice);
    testEnv.mailbox.sayLater(false);
    return notice;
  },

  async 'reminder-given-up'(testEnv) {
    await testEnv.restart({ ...SOON_GIVEN_UP, ...AT_ANY_HOUR, REMIND_AFTER: '3s,5s,1h' });
    const anna = await at(testEnv, 'terms');
    testEnv.mailbox.sayLater(true);
    await anna.acceptTerms();
    await problem(anna, 'mail-delayed');
    // The first one is given up when the second one is due.
    await eventually(async () => (await anna.scheduled('sendReminder')) > 1 || undefined);
    testEnv.mailbox.sayLater(false);
    await anna.settled(({ remindersSent }) => remindersSent > 0);
    await testEnv.restart(FAILURE_SETTINGS);
    return onboardingWorkflowId(anna.onboardingId);
  },

  async 'mail-came-back'(testEnv) {
    const anna = await invited(testEnv);
    await anna.mail();
    await anna.settled(({ invitationsSent }) => invitationsSent === 1);
    const mail = (await testEnv.db.sql('invitation').where({ onboardingId: anna.onboardingId }).first('id'))!;
    await recordMailReceipt(testEnv.db, { mailId: mail.id, delivered: false });
    await problem(anna, 'mail-undeliverable');
    const email = `${Date.now()}@example.com`;
    await anna.corrected(email);
    await anna.to('sms');
    return finished(anna);
  },

  async 'codes-refused'(testEnv) {
    const anna = await at(testEnv, 'sms');
    const phone = someNumber();
    await anna.askCodeFor(phone);
    await anna.code(phone);
    await anna.askCodeFor(phone).catch(() => undefined); // Refused, in words on the page.
    await problem(anna, 'too-many-codes');
    await anna.workflow.signal(allowMoreCodes, { by: 'j.de.vries', reason: 'person-called' });
    await problem(anna, null);
    await anna.verifyPhone(someNumber());
    await anna.skip();
    await anna.saveProfile();
    await anna.ended();
    return onboardingWorkflowId(anna.onboardingId);
  },

  async 'ended-sooner'(testEnv) {
    const anna = await at(testEnv, 'password');
    await anna.settled();
    await anna.workflow.signal(extendDeadline, { days: -14, by: 'j.de.vries', reason: 'left' });
    await anna.ended();
    return onboardingWorkflowId(anna.onboardingId);
  },

  async 'cancelled-in-the-ui'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.settled();
    await anna.workflow.cancel();
    await anna.ended().catch(() => undefined); // "Canceled" is how it ends.
    await anna.invitedAgain();
    await anna.mail(2);
    await anna.open('/onboarding/sms');
    return finished(anna);
  },

  async lost(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.settled();
    await anna.workflow.terminate('lost');
    await testEnv.restart(FAILURE_SETTINGS); // The worker looks at its start what should be running.
    await anna.settled(({ step }) => step === 'sms');
    await anna.open('/onboarding/sms');
    return finished(anna);
  },

  async reset(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.settled();
    const { events = [] } = await anna.workflow.fetchHistory();
    const done = events!.filter((event) => event.workflowTaskCompletedEventAttributes);
    await testEnv.engine.workflowService.resetWorkflowExecution({
      namespace: testEnv.config.temporal.namespace,
      workflowExecution: { workflowId: onboardingWorkflowId(anna.onboardingId) },
      workflowTaskFinishEventId: done[2]!.eventId,
      reason: 'by mistake',
      requestId: anna.onboardingId,
    });
    await anna.settled(({ step, invitationsSent }) => step === 'sms' && invitationsSent === 1);
    await anna.open('/onboarding/sms');
    return finished(anna);
  },

  async 'reminded-again'(testEnv) {
    await testEnv.restart({ ...HASTY, EXPIRE_AFTER: '1h' });
    const anna = await at(testEnv, 'terms');
    await problem(anna, 'reminders-exhausted');
    await anna.acceptTerms();
    await anna.settled(({ remindersSent }) => remindersSent > 3);
    await testEnv.restart(FAILURE_SETTINGS);
    return onboardingWorkflowId(anna.onboardingId);
  },
};
