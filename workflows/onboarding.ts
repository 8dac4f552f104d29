/**
 * One person's onboarding: invite → terms → password → second factor → profile → activate.
 *
 * The workflow holds no personal data, only which facts are true. Web writes a fact to the database first and signals
 * it after; only the activities here change a person's status.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, MAIL, sms } from './activityOptions.ts';
import { Journey } from './journey.ts';
import type { OnboardingInput, Progress } from './messages.ts';
import * as messages from './messages.ts';
import type { Step } from './steps.ts';

/** An operator can make an invitation live at most this much longer at a time. */
const LONGEST_EXTENSION_DAYS = 365;

export async function onboarding({ onboardingId, durations }: OnboardingInput): Promise<void> {
  const database = proxyActivities<Activities>(DATABASE);
  const mail = proxyActivities<Activities>(MAIL);
  const texts = proxyActivities<Activities>(sms(durations.smsCodeTtl));
  const journey = new Journey(durations);
  let background = new CancellationScope();
  const id = { onboardingId };
  const sendKey = (mailName: string) => ({ ...id, sendKey: `${workflowInfo().runId}:${mailName}` });
  let invitationWanted = false;
  let inAHurry = false;
  let factorResets = 0;

  // What the person and the senders do

  function progressed(progress: Progress): void {
    const { first, moved } = journey.hear(progress);
    if (first) journey.progressed();
    if (moved) invitationWanted = false;
    journey.show();
  }

  function invitationAsked(progress: Progress): void {
    const { first } = journey.hear(progress);
    if (first) {
      journey.wanted();
      invitationWanted = true;
    }
    journey.show();
  }

  function addressCorrected(progress: Progress): void {
    inAHurry = true;
    journey.mailRefused = false;
    invitationAsked(progress);
  }

  async function textCode(progress: Progress & { smsCodeId: string }): Promise<void> {
    progressed(progress);
    const smsCodeId = progress?.smsCodeId;
    if (typeof smsCodeId !== 'string') return;
    const sent = await background
      .run(() => texts.sendSmsCode.executeWithOptions({ summary: 'send the code by SMS' }, [{ smsCodeId }]))
      .catch((error) => (isCancellation(error) ? 'sent' : 'undeliverable'));
    journey.smsRefused = sent === 'undeliverable' && journey.step === 'sms';
    journey.show();
  }

  function smsReceived(receipt: { delivered?: boolean } | null): void {
    journey.smsRefused = receipt?.delivered === false && journey.step === 'sms';
    journey.show();
  }

  // What operators do

  function note(words: string): void {
    journey.operatorNote = words;
    journey.show();
  }

  function sendInvitation(): void {
    invitationWanted = true;
    note('sendInvitation: the invitation is sent again, at once or when the last one is old enough');
  }

  // An operator may leave the input of a signal empty, or send null.
  async function extendDeadline(given?: messages.Order): Promise<void> {
    const { days, reason = '' } = given ?? {};
    if (typeof days !== 'number' || !(days > 0 && days <= LONGEST_EXTENSION_DAYS))
      return note(`extendDeadline was refused: give "days", a number from 1 to ${LONGEST_EXTENSION_DAYS}`);
    const extended = await database.extendDeadline({ ...id, days, reason });
    if (extended.until === undefined)
      return note('extendDeadline was refused: this onboarding is not open any more');
    journey.extended(extended.until);
    note(`extendDeadline: ${days} days longer. ${reason}`);
  }

  async function cancelOnboarding(given?: messages.Order): Promise<void> {
    const { reason = '' } = given ?? {};
    const { status } = await database.cancelOnboarding({ ...id, reason });
    if (status !== 'cancelled') return note('cancelOnboarding was refused: the account is open');
    journey.end('cancelled');
    note(`cancelOnboarding: ${reason}`);
  }

  async function askFactorReset(given?: messages.Order): Promise<void> {
    const { reason = '' } = given ?? {};
    if (!journey.facts.smsVerified && !journey.facts.appVerified)
      return note('askFactorReset was refused: there is no second factor yet');
    factorResets += 1;
    const sent = await background
      .run(() => mail.sendFactorReset(sendKey(`factor-reset:${factorResets}`)))
      .catch(ignoreCancellation);
    if (sent === 'sent')
      note(`askFactorReset: the person got a mail to set up the second factor anew. ${reason}`);
    else note('askFactorReset: the mail could not be sent; ask the sender whether the address is right');
  }

  const described = (description: string) => ({ description });
  setHandler(messages.status, () => journey.status(), described('Where this person stands'));
  setHandler(messages.messageSent, invitationAsked, described('A message arrived for this person'));
  setHandler(
    messages.invitationRequested,
    invitationAsked,
    described('Person or sender asked for the mail again'),
  );
  setHandler(messages.addressCorrected, addressCorrected, described('The sender corrected the address'));
  setHandler(messages.termsAccepted, progressed, described('The person accepted the terms'));
  setHandler(messages.passwordChanged, progressed, described('The person chose an own password'));
  setHandler(messages.smsRequested, textCode, described('The person asked for a code by SMS'));
  setHandler(messages.smsReceipt, smsReceived, described('The provider said what became of the SMS'));
  setHandler(messages.smsVerified, progressed, described('The person verified a mobile number'));
  setHandler(messages.smsSkipped, progressed, described('The person skipped SMS'));
  setHandler(messages.appVerified, progressed, described('The person registered an authenticator app'));
  setHandler(messages.appSkipped, progressed, described('The person skipped the authenticator app'));
  setHandler(
    messages.factorsReset,
    progressed,
    described('The person confirmed that the second factor is set up anew'),
  );
  setHandler(messages.profileSaved, progressed, described('The person saved the profile'));
  setHandler(messages.helpAsked, progressed, described('The person pressed "I can\'t do this"'));
  setHandler(messages.notMe, progressed, described('Somebody said "this is not me"'));
  setHandler(
    messages.sendInvitation,
    sendInvitation,
    described('OPERATOR: send the invitation again. {"reason": "…"}'),
  );
  setHandler(
    messages.extendDeadline,
    extendDeadline,
    described('OPERATOR: live longer. {"days": 7, "reason": "…"}'),
  );
  setHandler(messages.cancelOnboarding, cancelOnboarding, described('OPERATOR: stop it. {"reason": "…"}'));
  setHandler(
    messages.askFactorReset,
    askFactorReset,
    described('OPERATOR: new second factor. {"reason": "…"}'),
  );

  // What goes on beside the person's steps

  async function keepInviting(): Promise<void> {
    for (;;) {
      await condition(() => invitationWanted);
      invitationWanted = false;
      inAHurry = false;
      const place = journey.invitationsSent + 1;
      const sent = await mail.sendInvitation.executeWithOptions(
        { summary: `invitation ${place}, with the link` },
        [sendKey(`invitation:${place}:${journey.version}`)],
      );
      if (sent === 'sent') journey.invitationsSent += 1;
      journey.mailRefused = sent === 'undeliverable';
      journey.show();
      await condition(() => inAHurry, durations.inviteEvery, {
        summary: 'at most one invitation in this time',
      });
    }
  }

  async function keepReminding(): Promise<void> {
    while (!journey.ended) {
      const due = journey.reminderAt;
      const next = due ?? journey.expiresAt;
      if (next > Date.now()) {
        const waitsFor =
          due === undefined
            ? 'the invitation expires'
            : `reminder ${journey.rung + 1}, unless there is progress`;
        await sleep(next - Date.now(), { summary: waitsFor }); // Progress meanwhile moves the moment: look again.
      } else if (due === undefined) {
        await expire();
      } else {
        await remind();
      }
    }
  }

  async function remind(): Promise<void> {
    const last = journey.lastReminderIsNext;
    const sent = await mail.sendReminder.executeWithOptions(
      { summary: `reminder ${journey.rung + 1}, naming the step` },
      [{ ...sendKey(`reminder:${journey.remindersSent + 1}:${journey.version}:${journey.rung}`), last }],
    );
    journey.rung += 1;
    if (sent === 'sent') journey.remindersSent += 1;
    journey.mailRefused = sent === 'undeliverable';
    journey.show();
  }

  /** The database decides; when it says "too early", it says until when. */
  async function expire(): Promise<void> {
    const answer = await database.expireOnboarding(id);
    if (answer.status === 'open') journey.extended(Date.now() + answer.waitMs);
    else journey.end(answer.status === 'completed' ? 'done' : answer.status);
  }

  // The story

  const past = (...awaited: Step[]) =>
    condition(() => journey.ended !== undefined || !awaited.includes(journey.step as Step));

  /** Opens the account once every step is done; returns when this onboarding has ended, one way or another. */
  async function untilTheEnd(): Promise<void> {
    while (!journey.ended) {
      await past('terms');
      await past('password');
      await past('sms', 'app');
      await past('profile');
      if (journey.step !== 'activate') continue; // It ended, or a fact was voided meanwhile.
      const checks = { summary: 'check every fact, open the account' };
      const activation = await database.activateAccount.executeWithOptions(checks, [id]);
      if (activation.opened) {
        journey.end('done');
        journey.show();
        if (activation.late) await mail.sendAccountOpened(sendKey('opened'));
      } else {
        journey.hear(activation.progress);
        journey.show();
        await condition(
          () => journey.ended !== undefined || journey.step !== 'activate',
          durations.inviteEvery,
        );
      }
    }
  }

  /**
   * Who asks for the invitation in the very moment of an end reaches this run, which is about to stop: it goes on then.
   * The database knows, also of an ask whose signal is still to come.
   */
  async function askedForAgain(): Promise<boolean> {
    while (journey.ended !== 'done') {
      const heard = journey.version;
      const { status, version } = await database.beginOnboarding(id);
      if (status === 'open') {
        invitationWanted = journey.version >= version;
        journey.reopen();
        return true;
      }
      if (journey.version === heard) return false;
    }
    return false;
  }

  const begun = await database.beginOnboarding(id);
  if (begun.status === 'completed') {
    journey.end('done');
    return journey.show();
  }
  Object.assign(journey, { invitationsSent: begun.invitationsSent, remindersSent: begun.remindersSent });
  do {
    journey.show();
    background = new CancellationScope();
    const aside = background
      .run(() => Promise.all([keepInviting(), keepReminding()]))
      .catch(ignoreCancellation);
    await untilTheEnd();
    background.cancel();
    await aside;
    await condition(allHandlersFinished);
    journey.show();
  } while (await askedForAgain());
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
