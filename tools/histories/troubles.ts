/** More stories, of what goes wrong and is fixed: mails that are late or come back, limits, lost runs, hasty ends. */
import { recordMailReceipt } from '../../db/mailReceipts.ts';
import type { World } from '../../test/kit/environment.ts';
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
import { StoryParticipant } from './storyParticipant.ts';

/** One SMS for each person, and mails are called late after a second. */
export const TROUBLED = {
  INVITE_EVERY: '1s',
  SMS_RESEND_AFTER: '1ms',
  LIMIT_SMS_PER_DAY: '1',
  MAIL_DELAYED_AFTER: '1s',
};

/** A mail is given up after seconds, and a reminder when the next one is due. */
const SOON_GIVEN_UP = { ...TROUBLED, MAIL_RETRY_FOR: '2s' };

async function invited(world: World): Promise<StoryParticipant> {
  const anna = new StoryParticipant(world);
  await anna.invited();
  return anna;
}

const problem = (anna: StoryParticipant, wanted: string | null) =>
  anna.settled((status) => status.problem === wanted);

async function finished(anna: StoryParticipant): Promise<string> {
  await anna.finishWithApp();
  await anna.ended();
  return onboardingWorkflowId(anna.onboardingId);
}

export const TROUBLED_STORIES: Record<string, Story> = {
  async 'mail-delayed'(world) {
    await world.restart({ ...TROUBLED, SMTP_URL: 'smtp://127.0.0.1:1' });
    const anna = await invited(world);
    await problem(anna, 'mail-delayed');
    await world.restart(TROUBLED);
    await anna.workflow.signal(sendInvitation, { by: 'j.de.vries', reason: 'fixed' });
    await anna.to('sms');
    return finished(anna);
  },

  async 'mail-given-up'(world) {
    await world.restart(SOON_GIVEN_UP);
    world.mailbox.sayLater(true);
    const anna = await invited(world);
    await problem(anna, 'mail-undeliverable');
    world.mailbox.sayLater(false);
    await anna.workflow.signal(sendInvitation, { by: 'j.de.vries', reason: 'fixed' });
    await anna.to('sms');
    return finished(anna);
  },

  async 'notice-given-up'(world) {
    await world.restart(SOON_GIVEN_UP);
    const anna = await (await invited(world)).to('sms');
    await finished(anna);
    world.mailbox.sayLater(true);
    const notice = messageNoticeWorkflowId((await anna.invited()).id);
    await done(world, notice);
    world.mailbox.sayLater(false);
    return notice;
  },

  async 'reminder-given-up'(world) {
    await world.restart({ ...SOON_GIVEN_UP, ...AT_ANY_HOUR, REMIND_AFTER: '3s,5s,1h' });
    const anna = await (await invited(world)).to('terms');
    world.mailbox.sayLater(true);
    await anna.acceptTerms();
    await problem(anna, 'mail-delayed');
    // The first one is given up when the second one is due.
    await eventually(async () => (await anna.scheduled('sendReminder')) > 1 || undefined);
    world.mailbox.sayLater(false);
    await anna.settled(({ remindersSent }) => remindersSent > 0);
    await world.restart(TROUBLED);
    return onboardingWorkflowId(anna.onboardingId);
  },

  async 'mail-came-back'(world) {
    const anna = await invited(world);
    await anna.mail();
    await anna.settled(({ invitationsSent }) => invitationsSent === 1);
    const mail = (await world.db.sql('invitation').where({ onboardingId: anna.onboardingId }).first('id'))!;
    await recordMailReceipt(world.db, { mailId: mail.id, delivered: false });
    await problem(anna, 'mail-undeliverable');
    const email = `${Date.now()}@example.com`;
    await anna.corrected(email);
    await anna.to('sms');
    return finished(anna);
  },

  async 'codes-refused'(world) {
    const anna = await (await invited(world)).to('sms');
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

  async 'ended-sooner'(world) {
    const anna = await (await invited(world)).to('password');
    await anna.settled();
    await anna.workflow.signal(extendDeadline, { days: -14, by: 'j.de.vries', reason: 'left' });
    await anna.ended();
    return onboardingWorkflowId(anna.onboardingId);
  },

  async 'cancelled-in-the-ui'(world) {
    const anna = await (await invited(world)).to('sms');
    await anna.settled();
    await anna.workflow.cancel();
    await anna.ended().catch(() => undefined); // "Canceled" is how it ends.
    await anna.invitedAgain();
    await anna.mail(2);
    await anna.open('/onboarding/sms');
    return finished(anna);
  },

  async lost(world) {
    const anna = await (await invited(world)).to('sms');
    await anna.settled();
    await anna.workflow.terminate('lost');
    await world.restart(TROUBLED); // The worker looks at its start what should be running.
    await anna.settled(({ step }) => step === 'sms');
    await anna.open('/onboarding/sms');
    return finished(anna);
  },

  async reset(world) {
    const anna = await (await invited(world)).to('sms');
    await anna.settled();
    const { events = [] } = await anna.workflow.fetchHistory();
    const done = events!.filter((event) => event.workflowTaskCompletedEventAttributes);
    await world.engine.workflowService.resetWorkflowExecution({
      namespace: world.config.temporal.namespace,
      workflowExecution: { workflowId: onboardingWorkflowId(anna.onboardingId) },
      workflowTaskFinishEventId: done[2]!.eventId,
      reason: 'by mistake',
      requestId: anna.onboardingId,
    });
    await anna.settled(({ step, invitationsSent }) => step === 'sms' && invitationsSent === 1);
    await anna.open('/onboarding/sms');
    return finished(anna);
  },

  async 'reminded-again'(world) {
    await world.restart({ ...HASTY, EXPIRE_AFTER: '1h' });
    const anna = await (await invited(world)).to('terms');
    await problem(anna, 'reminders-exhausted');
    await anna.acceptTerms();
    await anna.settled(({ remindersSent }) => remindersSent > 3);
    await world.restart(TROUBLED);
    return onboardingWorkflowId(anna.onboardingId);
  },
};
