/**
 * What people, senders and operators do with one onboarding, each as a story that leaves one workflow behind. Together
 * they reach every wait and every activity of the workflows, so that their histories show a change that breaks replay.
 */
import { transaction } from '../../db/connect.ts';
import { lockOnboarding } from '../../db/onboardings.ts';
import type { World } from '../../test/kit/environment.ts';
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
  sendInvitation,
  signInCodeWorkflowId,
} from '../../workflows/signals.ts';
import { eventually, HistoryPerson, type Place, someNumber } from './person.ts';

/** Plays the story and returns the id of its workflow, whose runs have ended or wait. */
export type Story = (world: World) => Promise<string>;

/** Repeats are allowed at once; nothing is reminded of. */
export const PATIENT = {
  INVITE_EVERY: '1s',
  SMS_RESEND_AFTER: '1ms',
  LIMIT_WRONG_FACTORS_PER_ACCOUNT: '1',
};

export const AT_ANY_HOUR = { REMIND_FROM_HOUR: '0', REMIND_UNTIL_HOUR: '24' };

/** Reminders after seconds, expiry soon after, and every opening of an account is late enough for a mail. */
export const HASTY = {
  REMIND_AFTER: '1s,2s,3s',
  EXPIRE_AFTER: '5s',
  INVITE_EVERY: '100ms',
  ...AT_ANY_HOUR,
  TELL_WHEN_LATER_THAN: '1ms',
};

const invited = async (world: World, email?: string): Promise<HistoryPerson> => {
  const anna = new HistoryPerson(world, email);
  await anna.invited();
  return anna;
};
const at = async (world: World, place: Place): Promise<HistoryPerson> => (await invited(world)).to(place);

async function finished(anna: HistoryPerson): Promise<string> {
  await anna.ended();
  return onboardingWorkflowId(anna.onboardingId);
}

/** For the workflows that do one thing and end. */
export async function done({ engine }: World, workflowId: string): Promise<string> {
  const run = engine.workflow.getHandle(workflowId);
  await eventually(() => run.describe().catch(() => undefined));
  await run.result();
  return workflowId;
}

async function waiting(anna: HistoryPerson, wanted?: (status: Status) => boolean): Promise<string> {
  await anna.settled(wanted);
  return onboardingWorkflowId(anna.onboardingId);
}

const problemIs =
  (problem: Status['problem']) =>
  (status: Status): boolean =>
    status.problem === problem;

export const PATIENT_STORIES: Record<string, Story> = {
  async 'both-factors'(world) {
    const anna = await at(world, 'sms');
    await anna.verifyPhone();
    await anna.registerApp();
    await anna.saveProfile();
    return finished(anna);
  },

  async 'app-only'(world) {
    const anna = await at(world, 'sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'half-way-at-sms'(world) {
    return waiting(await at(world, 'sms'));
  },

  async 'mail-put-off'(world) {
    const anna = await invited(world, `${Date.now()}@busy.example`);
    return waiting(await anna.to('terms'));
  },

  async 'sms-refused'(world) {
    const anna = await at(world, 'sms');
    await anna.askCode(someNumber('0001'));
    await anna.settled(problemIs('sms-undeliverable'));
    await anna.open('/onboarding/sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'sms-provider-away'(world) {
    const anna = await at(world, 'sms');
    await anna.verifyPhone(someNumber('0002'));
    await anna.skip();
    await anna.saveProfile();
    return finished(anna);
  },

  async 'sms-receipts'(world) {
    const anna = await at(world, 'sms');
    await anna.askCode(someNumber('0003'));
    await anna.settled(problemIs('sms-undeliverable'));
    const phone = someNumber();
    await anna.askCode(phone);
    await eventually(async () => (await anna.signals('smsReceipt')) === 1 || undefined);
    await anna.settled(problemIs(null));
    await anna.post({ code: await anna.code(phone), action: 'confirm' });
    await anna.skip();
    await anna.saveProfile();
    return finished(anna);
  },

  async 'address-corrected'(world) {
    const anna = await invited(world, `${Date.now()}@refused.example`);
    await anna.settled(problemIs('mail-undeliverable'));
    const email = `${Date.now()}@example.com`;
    await anna.corrected(email);
    await anna.to('sms', await anna.mail(1, email));
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'help-asked'(world) {
    const anna = await at(world, 'sms');
    await anna.askHelp();
    await anna.settled(problemIs('help-asked'));
    await anna.open('/onboarding/sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'not-me'(world) {
    const anna = await invited(world);
    await anna.sayNotMe(await anna.mail());
    return waiting(anna, problemIs('not-me'));
  },

  async cancelled(world) {
    const anna = await at(world, 'sms');
    await anna.settled();
    await anna.workflow.signal(sendInvitation, { reason: 'the person called' });
    await anna.mail(2);
    await anna.workflow.signal(extendDeadline, { days: 7, reason: 'on holiday' });
    await anna.workflow.signal(cancelOnboarding, { reason: 'the wrong line' });
    await anna.ended();
    await anna.invitedAgain();
    await anna.mail(3);
    await anna.open('/onboarding/sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'cancelled-and-wanted'(world) {
    const anna = await at(world, 'sms');
    await anna.settled();
    let asked = Promise.resolve();
    // Who waits for a row's lock gets it in the order of coming: the ask is the first thing after the end.
    await transaction(world.db, async (tx) => {
      await lockOnboarding(tx, anna.onboardingId);
      await anna.workflow.signal(cancelOnboarding, { reason: 'the wrong line' });
      await waitersFor(world, 1);
      asked = anna.invitedAgain();
      await waitersFor(world, 2);
    });
    await asked;
    await anna.mail(2);
    await anna.open('/onboarding/sms');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'factor-reset'(world) {
    const anna = await at(world, 'sms');
    await anna.workflow.signal(askFactorReset, { reason: 'too early' });
    await anna.skip();
    await anna.registerApp();
    await anna.settled();
    await anna.workflow.signal(askFactorReset, { reason: 'lost phone' });
    await anna.confirmReset(await anna.mail(2));
    await anna.verifyPhone();
    await anna.skip();
    await anna.saveProfile();
    return finished(anna);
  },

  async 'second-message'(world) {
    const anna = await at(world, 'password');
    await anna.invited();
    await anna.choosePassword(await anna.mail(2));
    await anna.finishWithApp();
    return finished(anna);
  },

  async nonsense(world) {
    const anna = await invited(world);
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

  async terminated(world) {
    const anna = await at(world, 'sms');
    await anna.settled();
    await anna.workflow.terminate('by mistake');
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'worker-away'(world) {
    const anna = await invited(world);
    const mail = await anna.mail();
    await anna.settled();
    await world.stopWorker();
    await anna.to('sms', mail);
    await anna.finishWithApp();
    await world.startWorker();
    return finished(anna);
  },

  async 'message-notice'(world) {
    const anna = await at(world, 'sms');
    await anna.finishWithApp();
    await anna.ended();
    return done(world, messageNoticeWorkflowId(await anna.invited()));
  },

  async 'password-reset'(world) {
    const anna = await at(world, 'sms');
    await anna.finishWithApp();
    await anna.ended();
    await anna.forgetPassword();
    const link = () => world.db.sql('reset_link').where({ personId: anna.id }).first('id');
    const { id } = await eventually(link); // It is made after the answer.
    return done(world, passwordResetWorkflowId(id));
  },

  async 'sign-in-code'(world) {
    const anna = await at(world, 'sms');
    await anna.verifyPhone();
    await anna.skip();
    await anna.saveProfile();
    await anna.ended();
    await anna.signIn();
    const codes = world.db.sql('sms_code').where({ personId: anna.id, purpose: 'sign-in' });
    return done(world, signInCodeWorkflowId((await codes.first('id'))!.id));
  },

  /** With LIMIT_WRONG_FACTORS_PER_ACCOUNT at 1. */
  async 'closed-sign-in'(world) {
    const anna = await at(world, 'sms');
    await anna.finishWithApp();
    await anna.ended();
    await anna.signIn();
    await anna.guess();
    const workflowId = closedSignInWorkflowId(anna.id);
    const run = world.engine.workflow.getHandle(workflowId);
    await anna.mail(2);
    await run.signal(reopenSignIn, { reason: 'the sender called' });
    return done(world, workflowId);
  },
};

export const HASTY_STORIES: Record<string, Story> = {
  async expired(world) {
    const anna = await at(world, 'terms');
    await anna.acceptTerms();
    const invitation = await anna.mail();
    await anna.ended();
    await anna.renew(invitation);
    const mails = 1 + HASTY.REMIND_AFTER.split(',').length;
    const fresh = await anna.mail(mails + 1);
    await anna.openLink(fresh);
    await anna.choosePassword(fresh);
    await anna.finishWithApp();
    return finished(anna);
  },

  async 'reminders-exhausted'(world) {
    return waiting(await at(world, 'sms'), problemIs('reminders-exhausted'));
  },
};

/** Once so many transactions of the world wait for a lock. */
const waitersFor = ({ db }: World, count: number): Promise<true> =>
  eventually(async () => {
    const { rows } = await db.sql.raw('select distinct pid from pg_locks where not granted');
    return rows.length === count || undefined;
  });
