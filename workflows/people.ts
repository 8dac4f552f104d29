/** What the pages, the senders and the providers say, each with a signal. */
import { isCancellation, setHandler } from '@temporalio/workflow';
import * as messages from './messages.ts';
import { type Progress, wasAt } from './messages.ts';
import type { Run } from './run.ts';

export function listenToPeople(run: Run): void {
  const { journey, texts } = run;
  const texted = new Set<string>();
  /** The code asked for last, and those of which the provider said what became of them. */
  let newest = { version: -1, smsCodeId: '' };
  const reported = new Set<string>();

  function progressed(progress: Progress): void {
    const { first, moved } = journey.hear(progress);
    if (first) journey.progressed(wasAt(progress));
    if (moved) journey.invitationWanted = false;
    journey.show();
  }

  /** How things stand, without anybody having gone on. */
  function heard(progress: Progress): void {
    journey.hear(progress);
    journey.show();
  }

  function invitationAsked(progress: Progress): void {
    const { first } = journey.hear(progress);
    if (first) {
      journey.wanted(wasAt(progress));
      journey.invitationWanted = true;
    }
    journey.show();
  }

  function addressCorrected(progress: Progress): void {
    invitationAsked(progress);
    // Told twice, it is the same invitation: that one goes on.
    if (!journey.invitationWanted) return;
    journey.inAHurry = true;
    if (journey.wakesSooner) {
      journey.beginAnew(wasAt(progress));
      run.inviting?.cancel();
    } else {
      journey.mailRefused = false;
      journey.mailDelayed = false;
    }
    journey.show();
  }

  function mailReceived(receipt: { delivered?: boolean } | null): void {
    if (receipt?.delivered === false) journey.mailRefused = true;
    journey.show();
  }

  async function textCode(progress: Progress & { smsCodeId: string }): Promise<void> {
    progressed(progress);
    const smsCodeId = progress?.smsCodeId;
    if (typeof smsCodeId !== 'string') return;
    // Told twice, as after a crash of web: the first one is at it, or has sent it.
    if (journey.wakesSooner && texted.has(smsCodeId)) return;
    texted.add(smsCodeId);
    if (progress.version > newest.version) newest = { version: progress.version, smsCodeId };
    const sent = await run.background
      .run(() => texts.sendSmsCode.executeWithOptions({ summary: 'send the code by SMS' }, [{ smsCodeId }]))
      .catch((error) => (isCancellation(error) ? 'superseded' : 'undeliverable'));
    if (sent === 'superseded' || (journey.wakesSooner && (isOld(smsCodeId) || reported.has(smsCodeId))))
      return;
    journey.smsRefused = sent === 'undeliverable' && journey.step === 'sms';
    journey.show();
  }

  /** A newer code was asked for since, and that one counts. A run that goes on for another one knows of no code. */
  const isOld = (smsCodeId: unknown) => newest.smsCodeId !== '' && smsCodeId !== newest.smsCodeId;

  function smsReceived(receipt: { smsCodeId?: string; delivered?: boolean } | null): void {
    if (receipt?.smsCodeId) reported.add(receipt.smsCodeId);
    if (journey.wakesSooner && isOld(receipt?.smsCodeId)) return;
    journey.smsRefused = receipt?.delivered === false && journey.step === 'sms';
    journey.show();
  }

  const said = (description: string) => ({ description });
  setHandler(messages.messageSent, invitationAsked, said('A message arrived for this person'));
  setHandler(
    messages.invitationRequested,
    invitationAsked,
    said('Person or sender asked for the mail again'),
  );
  setHandler(messages.addressCorrected, addressCorrected, said('The sender corrected the address'));
  setHandler(messages.mailReceipt, mailReceived, said('The mail provider said what became of a mail'));
  setHandler(messages.reconciled, heard, said('This run was lost, and came back from the facts'));
  setHandler(messages.termsAccepted, progressed, said('The person accepted the terms'));
  setHandler(messages.passwordChanged, progressed, said('The person chose an own password'));
  setHandler(messages.smsRequested, textCode, said('The person asked for a code by SMS'));
  setHandler(messages.smsReceipt, smsReceived, said('The provider said what became of the SMS'));
  setHandler(messages.codesRefused, heard, said('A limit on SMS kept the person from getting a code'));
  setHandler(messages.smsVerified, progressed, said('The person verified a mobile number'));
  setHandler(messages.smsSkipped, progressed, said('The person skipped SMS'));
  setHandler(messages.appVerified, progressed, said('The person registered an authenticator app'));
  setHandler(messages.appSkipped, progressed, said('The person skipped the authenticator app'));
  setHandler(messages.factorsReset, progressed, said('The person sets up the second factor anew'));
  setHandler(messages.profileSaved, progressed, said('The person saved the profile'));
  setHandler(messages.helpAsked, progressed, said('The person pressed "I can\'t do this"'));
  setHandler(messages.notMe, progressed, said('Somebody said "this is not me"'));
}
