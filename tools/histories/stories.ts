/**
 * Stories of people, senders and operators with one onboarding; each leaves one workflow behind. Together they reach
 * every wait and every activity, so that their histories reveal a change that breaks replay.
 */
import { transaction } from '../../db/connect.ts';
import { lockOnboarding } from '../../db/onboardings.ts';
import type { TestEnvironment } from '../../test/kit/environment.ts';
import { eventually } from '../../test/kit/eventually.ts';
import { fieldsOf, linkIn, temporaryPasswordIn } from '../../test/kit/pages.ts';
import { someNumber } from '../../test/kit/participant.ts';
import {
  askFactorReset,
  cancelOnboarding,
  closedSignInWorkflowId,
  extendDeadline,
  messageNoticeWorkflowId,
  onboardingWorkflowId,
  passwordResetWorkflowId,
  reopenSignIn,
  type Status,
  securityNoticeWorkflowId,
  sendInvitation,
  signInCodeWorkflowId,
} from '../../workflows/signals.ts';
import { at, invited, type StoryParticipant } from './storyParticipant.ts';

/** Plays the story and returns the id of its workflow, whose runs have ended or are waiting. */
export type Story = (testEnv: TestEnvironment) => Promise<string>;

/** Repeats are allowed at once; there are no reminders. */
export const PATIENT = {
  INVITE_EVERY: '1s',
  SMS_RESEND_AFTER: '1ms',
  LIMIT_WRONG_FACTORS_PER_ACCOUNT: '1',
};

export const AT_ANY_HOUR = { REMIND_FROM_HOUR: '0', REMIND_UNTIL_HOUR: '24' };

/** Reminders after seconds, expiry soon after, and every account opens late enough for a mail. */
export const HASTY = {
  REMIND_AFTER: '1s,2s,3s',
  EXPIRE_AFTER: '5s',
  INVITE_EVERY: '100ms',
  ...AT_ANY_HOUR,
  TELL_WHEN_LATER_THAN: '1ms',
};

async function finished(anna: StoryParticipant): Promise<string> {
  await anna.ended();
  return onboardingWorkflowId(anna.onboardingId);
}

/** For short workflows that do one thing and end. */
export async function done({ engine }: TestEnvironment, workflowId: string): Promise<string> {
  const run = engine.workflow.getHandle(workflowId);
  await eventually(() => run.describe().catch(() => undefined));
  await run.result();
  return workflowId;
}

async function waiting(anna: StoryParticipant, wanted?: (status: Status) => boolean): Promise<string> {
  await anna.settled(wanted);
  return onboardingWorkflowId(anna.onboardingId);
}

const problemIs =
  (problem: Status['problem']) =>
  (status: Status): boolean =>
    status.problem === problem;

export const PATIENT_STORIES: Record<string, Story> = {
  async 'both-factors'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.verifyPhone();
    await anna.registerApp();
    await anna.saveProfile();
    return finished(anna);
  },

  async 'app-only'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'half-way-at-sms'(testEnv) {
    return waiting(await at(testEnv, 'sms'));
  },

  async 'mail-put-off'(testEnv) {
    const anna = await invited(testEnv, `${Date.now()}@busy.example`);
    return waiting(await anna.to('terms'));
  },

  async 'sms-refused'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.askCodeFor(someNumber('0001'));
    await anna.settled(problemIs('sms-undeliverable'));
    await anna.open('/onboarding/sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'sms-provider-away'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.verifyPhone(someNumber('0002'));
    await anna.skip();
    await anna.saveProfile();
    return finished(anna);
  },

  async 'sms-receipts'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.askCodeFor(someNumber('0003'));
    await anna.settled(problemIs('sms-undeliverable'));
    const phone = someNumber();
    await anna.askCodeFor(phone);
    await eventually(async () => (await anna.signals('smsReceipt')) === 1 || undefined);
    await anna.settled(problemIs(null));
    await anna.enterCode(await anna.code(phone));
    await anna.skip();
    await anna.saveProfile();
    return finished(anna);
  },

  async 'address-corrected'(testEnv) {
    const anna = await invited(testEnv, `${Date.now()}@refused.example`);
    await anna.settled(problemIs('mail-undeliverable'));
    const email = `${Date.now()}@example.com`;
    await anna.corrected(email);
    await anna.to('sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'help-asked'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.askHelp();
    await anna.settled(problemIs('help-asked'));
    await anna.open('/onboarding/sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'not-me'(testEnv) {
    const anna = await invited(testEnv);
    await anna.sayNotMe(await anna.mail());
    return waiting(anna, problemIs('not-me'));
  },

  async cancelled(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.settled();
    await anna.workflow.signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
    await anna.mail(2);
    await anna.workflow.signal(extendDeadline, { days: 7, by: 'j.de.vries', reason: 'on-leave' });
    await anna.workflow.signal(cancelOnboarding, { by: 'j.de.vries', reason: 'pressed-by-mistake' });
    await anna.ended();
    await anna.invitedAgain();
    await anna.mail(3);
    await anna.open('/onboarding/sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'cancelled-and-wanted'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.settled();
    let asked = Promise.resolve();
    // PostgreSQL grants a row lock in order of arrival, so the request comes right after the end.
    await transaction(testEnv.db, async (tx) => {
      await lockOnboarding(tx, anna.onboardingId);
      await anna.workflow.signal(cancelOnboarding, { by: 'j.de.vries', reason: 'pressed-by-mistake' });
      await waitersFor(testEnv, 1);
      asked = anna.invitedAgain();
      await waitersFor(testEnv, 2);
    });
    await asked;
    await anna.mail(2);
    await anna.open('/onboarding/sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'factor-reset'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.workflow.signal(askFactorReset, { by: 'j.de.vries', reason: 'person-called' });
    await anna.skip();
    await anna.registerApp();
    await anna.settled();
    await anna.workflow.signal(askFactorReset, { by: 'j.de.vries', reason: 'lost-phone' });
    await anna.confirmFactorReset(await anna.mail(2));
    await anna.verifyPhone();
    await anna.skip();
    await anna.saveProfile();
    return finished(anna);
  },

  async 'second-message'(testEnv) {
    const anna = await at(testEnv, 'password');
    await anna.invited();
    await anna.choosePassword(temporaryPasswordIn(await anna.mail(2)));
    await anna.finishWithApp();
    return finished(anna);
  },

  async nonsense(testEnv) {
    const anna = await invited(testEnv);
    await anna.mail();
    for (const name of ['termsAccepted', 'smsRequested', 'smsReceipt', 'messageSent', 'extendDeadline'])
      await anna.workflow.signal(name, null);
    await anna.workflow.signal('profileSaved', 'everything is fine');
    await anna.workflow.signal('extendDeadline', { days: 36_500 });
    await anna.workflow.signal('cancelEverything', { reason: 'no such signal' });
    await anna.to('terms');
    await anna.acceptTerms();
    return waiting(anna, ({ step }) => step === 'password');
  },

  async terminated(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.settled();
    await anna.workflow.terminate('by mistake');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'worker-away'(testEnv) {
    const anna = await invited(testEnv);
    await anna.mail();
    await anna.settled();
    await testEnv.stopWorker();
    await anna.to('sms');
    await anna.finishWithApp();
    await testEnv.startWorker();
    return finished(anna);
  },

  async 'message-notice'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.finishWithApp();
    await anna.ended();
    return done(testEnv, messageNoticeWorkflowId((await anna.invited()).id));
  },

  async 'password-reset'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.finishWithApp();
    await anna.ended();
    await anna.forgetPassword();
    const link = () => testEnv.db.sql('reset_link').where({ personId: anna.personId }).first('id');
    const { id } = await eventually(link); // It is made after the answer.
    return done(testEnv, passwordResetWorkflowId(id));
  },

  async 'sign-in-code'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.verifyPhone();
    await anna.skip();
    await anna.saveProfile();
    await anna.ended();
    await anna.signIn();
    const codes = testEnv.db.sql('sms_code').where({ personId: anna.personId, purpose: 'sign-in' });
    return done(testEnv, signInCodeWorkflowId((await codes.first('id'))!.id));
  },

  async 'number-replaced'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.verifyPhone();
    const phone = someNumber();
    await anna.open('/onboarding/sms');
    await anna.submit({ ...fieldsOf.sms(phone), ...fieldsOf.ownPassword() });
    await anna.enterCode(await anna.code(phone));
    const notices = testEnv.db.sql('security_notice').where({ personId: anna.personId });
    return done(testEnv, securityNoticeWorkflowId((await notices.first('id'))!.id));
  },

  /** With LIMIT_WRONG_FACTORS_PER_ACCOUNT at 1. */
  async 'closed-sign-in'(testEnv) {
    const anna = await at(testEnv, 'sms');
    await anna.finishWithApp();
    await anna.ended();
    await anna.signIn();
    await anna.post(anna.path, fieldsOf.token('000000'));
    const workflowId = closedSignInWorkflowId(anna.personId);
    const run = testEnv.engine.workflow.getHandle(workflowId);
    await anna.mail(2);
    await run.signal(reopenSignIn, { by: 'j.de.vries', reason: 'sender-asked' });
    return done(testEnv, workflowId);
  },
};

export const HASTY_STORIES: Record<string, Story> = {
  async expired(testEnv) {
    const anna = await at(testEnv, 'terms');
    await anna.acceptTerms();
    const invitation = await anna.mail();
    await anna.ended();
    await anna.renew(invitation);
    const mails = 1 + HASTY.REMIND_AFTER.split(',').length;
    const fresh = await anna.mail(mails + 1);
    await anna.openLink(linkIn(fresh));
    await anna.choosePassword(temporaryPasswordIn(fresh));
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'reminders-exhausted'(testEnv) {
    return waiting(await at(testEnv, 'sms'), problemIs('reminders-exhausted'));
  },
};

/** Waits until so many transactions of the test environment wait for a lock. */
const waitersFor = ({ db }: TestEnvironment, count: number): Promise<true> =>
  eventually(async () => {
    const { rows } = await db.sql.raw('select distinct pid from pg_locks where not granted');
    return rows.length === count || undefined;
  });
