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
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, MAIL, sms } from './activityOptions.ts';
import type { OnboardingInput, Problem, Progress, Status } from './messages.ts';
import * as messages from './messages.ts';
import { details } from './operatorView.ts';
import { reminderDueAt } from './schedule.ts';
import { OnboardingProblem, OnboardingSince, OnboardingStep, RemindersSent } from './searchAttributes.ts';
import { NO_FACTS, type Step, steps } from './steps.ts';

export async function onboarding({ onboardingId, durations }: OnboardingInput): Promise<void> {
  const database = proxyActivities<Activities>(DATABASE);
  const mail = proxyActivities<Activities>(MAIL);
  const texts = proxyActivities<Activities>(sms(durations.smsCodeTtl));
  const id = { onboardingId };

  let facts = NO_FACTS;
  let version = -1;
  let since = Date.now();
  let progressedAt = Date.now();
  let invitationWanted = false;
  let wantedAt = Date.now();
  let ended: 'done' | 'expired' | undefined;
  let mailRefused = false;
  let smsRefused = false;
  let invitationsSent = 0;
  let remindersSent = 0;
  let rung = 0;
  const seen = new Set<number>();
  const background = new CancellationScope();

  // What the outside sees

  const step = (): Status['step'] => ended ?? steps(facts).current;
  const expiresAt = () => Math.max(progressedAt, wantedAt) + durations.expireAfter;
  const quiet = {
    timeZone: durations.timeZone,
    fromHour: durations.remindFromHour,
    untilHour: durations.remindUntilHour,
  };
  const reminderAt = () =>
    facts.notMe
      ? undefined
      : reminderDueAt({ progressedAt, sent: rung }, { remindAfter: durations.remindAfter, ...quiet });

  function problem(): Problem | null {
    if (ended === 'done') return null;
    if (facts.notMe) return 'not-me';
    if (facts.helpAsked) return 'help-asked';
    if (mailRefused) return 'mail-undeliverable';
    if (smsRefused) return 'sms-undeliverable';
    return rung >= durations.remindAfter.length ? 'reminders-exhausted' : null;
  }

  function currentStatus(): Status {
    const due = ended ? undefined : reminderAt();
    return {
      step: step(),
      open: ended ? [] : steps(facts).open,
      since: new Date(since).toISOString(),
      facts,
      version,
      problem: problem(),
      invitationsSent,
      remindersSent,
      nextReminderAt: due === undefined ? null : new Date(due).toISOString(),
    };
  }

  let shown = '';
  function show(): void {
    const now = currentStatus();
    setCurrentDetails(details(now, new Date(expiresAt()).toISOString()));
    const attributes = [now.step, now.since, now.problem, now.remindersSent].join();
    if (attributes === shown) return;
    shown = attributes;
    upsertSearchAttributes([
      { key: OnboardingStep, value: now.step },
      { key: OnboardingSince, value: new Date(now.since) },
      { key: OnboardingProblem, value: now.problem },
      { key: RemindersSent, value: now.remindersSent },
    ]);
  }

  // What the outside says

  /** Takes in facts; false when this very signal was here before. */
  function heard(progress: Progress): boolean {
    if (seen.has(progress.version)) return false;
    seen.add(progress.version);
    if (progress.version < version) return true;
    const before = step();
    facts = progress.facts;
    version = progress.version;
    if (step() !== before) {
      since = Date.now();
      invitationWanted = false;
      smsRefused = false;
    }
    return true;
  }

  function progressed(progress: Progress): void {
    if (heard(progress)) {
      progressedAt = Date.now();
      rung = 0;
    }
    show();
  }

  function invitationAsked(progress: Progress): void {
    if (heard(progress)) {
      invitationWanted = true;
      wantedAt = Date.now();
    }
    show();
  }

  async function textCode(progress: Progress & { smsCodeId: string }): Promise<void> {
    progressed(progress);
    const { smsCodeId } = progress;
    const sent = await background
      .run(() => texts.sendSmsCode.executeWithOptions({ summary: 'send the code by SMS' }, [{ smsCodeId }]))
      .catch((error) => (isCancellation(error) ? 'sent' : 'undeliverable'));
    smsRefused = sent === 'undeliverable' && step() === 'sms';
    show();
  }

  setHandler(messages.status, currentStatus, { description: 'Where this person stands' });
  const described = (description: string) => ({ description });
  setHandler(messages.messageSent, invitationAsked, described('A message arrived for this person'));
  setHandler(
    messages.invitationRequested,
    invitationAsked,
    described('The person or the sender asked for the mail again'),
  );
  setHandler(messages.termsAccepted, progressed, described('The person accepted the terms'));
  setHandler(messages.passwordChanged, progressed, described('The person chose an own password'));
  setHandler(messages.smsRequested, textCode, described('The person asked for a code by SMS'));
  setHandler(messages.smsVerified, progressed, described('The person verified a mobile number'));
  setHandler(messages.smsSkipped, progressed, described('The person skipped SMS'));
  setHandler(messages.appVerified, progressed, described('The person registered an authenticator app'));
  setHandler(messages.appSkipped, progressed, described('The person skipped the authenticator app'));
  setHandler(messages.profileSaved, progressed, described('The person saved the profile'));
  setHandler(messages.helpAsked, progressed, described('The person pressed "I can\'t do this"'));
  setHandler(messages.notMe, progressed, described('Somebody said "this is not me"'));
  setHandler(
    messages.sendInvitation,
    () => {
      invitationWanted = true;
    },
    described('OPERATOR: send the invitation again now. Input: {"reason": "why"}'),
  );

  // What goes on beside the person's steps

  async function keepInviting(): Promise<void> {
    for (;;) {
      await condition(() => invitationWanted);
      invitationWanted = false;
      const sendKey = `${workflowInfo().runId}:invitation:${invitationsSent + 1}`;
      const sent = await mail.sendInvitation.executeWithOptions(
        { summary: `invitation ${invitationsSent + 1}, with the link` },
        [{ ...id, sendKey }],
      );
      if (sent === 'sent') invitationsSent += 1;
      mailRefused = sent === 'undeliverable';
      show();
      await sleep(durations.inviteEvery, { summary: 'at most one invitation in this time' });
    }
  }

  async function keepReminding(): Promise<void> {
    for (;;) {
      const due = reminderAt();
      const next = due ?? expiresAt();
      if (next > Date.now()) {
        const summary =
          due === undefined ? 'the invitation expires' : `reminder ${rung + 1}, unless there is progress`;
        await sleep(next - Date.now(), { summary });
        continue; // Progress while this timer ran moved the moment: look again.
      }
      if (due === undefined) {
        const answer = await database.expireOnboarding(id);
        if (answer.status !== 'open') {
          ended = answer.status === 'completed' ? 'done' : 'expired';
          since = Date.now();
          return;
        }
        wantedAt = Date.now() + answer.waitMs - durations.expireAfter;
        continue;
      }
      const last = rung === durations.remindAfter.length - 1;
      const sendKey = `${workflowInfo().runId}:reminder:${remindersSent + 1}`;
      const sent = await mail.sendReminder.executeWithOptions(
        { summary: `reminder ${rung + 1}, naming the step` },
        [{ ...id, sendKey, last }],
      );
      rung += 1;
      if (sent === 'sent') remindersSent += 1;
      mailRefused = sent === 'undeliverable';
      show();
    }
  }

  // The story

  const past = (...awaited: Step[]) =>
    condition(() => ended !== undefined || !awaited.includes(step() as Step));

  const begun = await database.beginOnboarding(id);
  if (begun.status === 'completed') {
    ended = 'done';
    show();
    return;
  }
  ({ invitationsSent, remindersSent } = begun);
  show();
  const aside = background
    .run(() => Promise.all([keepInviting(), keepReminding()]))
    .catch(ignoreCancellation);

  while (!ended) {
    await past('terms');
    await past('password');
    await past('sms', 'app');
    await past('profile');
    if (step() !== 'activate') continue; // Expired, or a fact was voided meanwhile.
    const activation = await database.activateAccount.executeWithOptions(
      { summary: 'check every fact, open the account' },
      [id],
    );
    if (activation.opened) {
      ended = 'done';
      since = Date.now();
      show();
      if (activation.late) await mail.sendAccountOpened({ ...id, sendKey: `${workflowInfo().runId}:opened` });
    } else if (activation.progress.version >= version) {
      ({ facts, version } = activation.progress);
      show();
    }
  }

  background.cancel();
  await aside;
  await condition(allHandlersFinished);
  show();
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
