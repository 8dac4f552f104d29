/**
 * What one onboarding calls for by itself, besides waiting for the person: pure, from a snapshot and the time. All times
 * are milliseconds since 1970 by the database's clock.
 */
import { DAY_MS, type Durations } from './durations.ts';
import { outsideQuietHours, quietHoursBegin, reminderDueAt } from './reminders.ts';
import type { Snapshot } from './snapshot.ts';

/** `key` names one logical action: begun twice, also after a reset or in another run, it is done once. */
export type Action = { key: string; at: number } & (
  | { kind: 'sendInvitation' }
  | { kind: 'sendReminder'; reminder: number; isLast: boolean; until: number }
  | { kind: 'sendSms'; smsCodeId: string }
  | { kind: 'sendFactorReset' }
  | { kind: 'sendOpenedMail' }
  | { kind: 'expire' }
  | { kind: 'reopen' }
);

export const invitationKey = (invitationDue: number | null): string => `invitation:${invitationDue}`;

export const factorResetKey = (order: string): string => `factor-reset:${order}`;

/** `countFrom`: since when the reminders count, in milliseconds since 1970. */
export const reminderKey = (countFrom: number, reminder: number): string =>
  `reminder:${countFrom}:${reminder}`;

/** An action that was begun: under way, or done without the effect that ends it; then it is tried again at `retryAt`. */
export type Begun = { kind: Action['kind']; since: number; retryAt: number };

export type InFlight = ReadonlyMap<string, Begun>;

export const isUnderWay = ({ retryAt }: Begun): boolean => !Number.isFinite(retryAt);

/** A mail is tried at least this long, in milliseconds, also right before it would be too late. */
const SHORTEST_TRY_MS = 1_000;

/**
 * `due`: to be begun now. `obsolete`: the keys of what was begun and is not called for any more. `next`: what comes first
 * of all that is to come by itself.
 */
export function dueActions(
  snapshot: Snapshot,
  inFlight: InFlight,
  now: number,
  durations: Durations,
): { due: Action[]; obsolete: string[]; next: Action | undefined } {
  const planned: Action[] = plannedActions(snapshot, now, durations).map((action) => ({
    ...action,
    at: Math.max(action.at, waitsUntil(action, inFlight.get(action.key))),
  }));
  const keys = planned.map(({ key }) => key);
  const obsolete = [...inFlight.keys()].filter((key) => !keys.includes(key));
  // One invitation at a time: an obsolete one may still leave in the try that is under way.
  const isInviting = obsolete
    .map((key) => inFlight.get(key)!)
    .some((begun) => begun.kind === 'sendInvitation' && isUnderWay(begun));
  const due = planned.filter(({ at, kind }) => at <= now && !(isInviting && kind === 'sendInvitation'));
  const [next] = planned.filter(({ at }) => at > now && Number.isFinite(at)).sort((a, b) => a.at - b.at);
  return { due, obsolete, next };
}

/** What was begun is not begun again while it is under way, nor too soon unless it was put off. */
function waitsUntil({ at }: Action, begun: Begun | undefined): number {
  const wasPutOff = begun && !isUnderWay(begun) && at > begun.since;
  return begun && !wasPutOff ? begun.retryAt : Number.NEGATIVE_INFINITY;
}

/** What comes by itself unless something happens, each at its time, which may have passed. */
export function plannedActions(snapshot: Snapshot, now: number, durations: Durations): Action[] {
  const { status, shouldRun, openedMailDue } = snapshot;
  if (status === 'completed')
    return openedMailDue ? [{ kind: 'sendOpenedMail', key: 'account-opened', at: now }] : [];
  if (status !== 'open') return shouldRun ? [{ kind: 'reopen', key: 'reopen', at: now }] : [];
  const expire: Action = { kind: 'expire', key: 'expire', at: expiresAt(snapshot, durations) };
  const invitation = invitationOf(snapshot, durations);
  // Of a mail that has not left yet there is nothing to remind.
  const reminders = reminderOf(snapshot, now, durations).filter(({ at }) => !invitation || at > now);
  const mails = [...factorResetOf(snapshot), ...(invitation ? [invitation] : []), ...reminders];
  return [...smsOf(snapshot), ...mails, expire];
}

/** 14 days, as a rule, after the latest of progress and an invitation that was asked for. */
export const expiresAt = (snapshot: Snapshot, { expireAfter }: Durations): number =>
  Math.max(snapshot.progressedAt, snapshot.requestedAt) + expireAfter + snapshot.extraDays * DAY_MS;

function smsOf({ smsCodeId, smsOutcome, requestedAt }: Snapshot): Action[] {
  if (smsCodeId === null || smsOutcome !== null) return [];
  return [{ kind: 'sendSms', key: `sms:${smsCodeId}`, smsCodeId, at: requestedAt }];
}

function factorResetOf({ factorResetDue, requestedAt }: Snapshot): Action[] {
  if (factorResetDue === null) return [];
  return [{ kind: 'sendFactorReset', key: factorResetKey(factorResetDue), at: requestedAt }];
}

function invitationOf(snapshot: Snapshot, durations: Durations): Action | undefined {
  const { invitationDue, invitationUrgent, invitationSentAt, requestedAt } = snapshot;
  if (invitationDue === null) return undefined;
  const waits = invitationSentAt !== null && !invitationUrgent;
  return {
    kind: 'sendInvitation',
    key: invitationKey(invitationDue),
    at: waits ? invitationSentAt + durations.inviteEvery : requestedAt,
  };
}

function reminderOf(snapshot: Snapshot, now: number, durations: Durations): Action[] {
  if (snapshot.facts.notMe !== undefined) return [];
  const last = durations.remindAfter.length;
  // After an outage of days more than one may be due: only the newest is sent.
  const reminder = Math.max(snapshot.lastReminder + 1, newestDue(snapshot, now, durations));
  if (reminder > last) return [];
  const scheduled = scheduledAt(reminder, snapshot, durations);
  const quiet = quietHours(durations);
  const at = scheduled < now ? outsideQuietHours(now, quiet) : scheduled;
  const end = expiresAt(snapshot, durations);
  if (at >= end) return [];
  const isLast = reminder === last;
  const following = isLast ? end : scheduledAt(reminder + 1, snapshot, durations);
  const until = Math.max(at + SHORTEST_TRY_MS, Math.min(end, following, quietHoursBegin(at, quiet)));
  const key = reminderKey(snapshot.remindersCountFrom, reminder);
  return [{ kind: 'sendReminder', key, at, reminder, isLast, until }];
}

/** The last of the reminders that are due by now, sent or not; 0 when there is none. */
export function newestDue(snapshot: Snapshot, now: number, durations: Durations): number {
  let reminder = snapshot.lastReminder;
  while (reminder < durations.remindAfter.length && scheduledAt(reminder + 1, snapshot, durations) <= now)
    reminder++;
  return reminder;
}

export const remindersAreExhausted = (
  { lastReminder }: Pick<Snapshot, 'lastReminder'>,
  { remindAfter }: Pick<Durations, 'remindAfter'>,
): boolean => lastReminder >= remindAfter.length;

const scheduledAt = (reminder: number, { remindersCountFrom }: Snapshot, durations: Durations): number =>
  reminderDueAt(
    { progressedAt: remindersCountFrom, sent: reminder - 1 },
    { remindAfter: durations.remindAfter, ...quietHours(durations) },
  )!;

const quietHours = ({ timeZone, remindFromHour, remindUntilHour }: Durations) => ({
  timeZone,
  fromHour: remindFromHour,
  untilHour: remindUntilHour,
});
