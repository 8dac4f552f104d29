/**
 * The actions an onboarding needs by itself, besides waiting for the person: a pure function of a snapshot and the
 * time. All times are milliseconds since 1970 by the database's clock.
 */
import { DAY_MS, type Durations } from './durations.ts';
import { outsideQuietHours, quietHoursBegin, reminderDueAt } from './reminders.ts';
import type { Snapshot } from './snapshot.ts';

/** `key` identifies one logical action: starting it twice, even after a reset or in another run, does it once. */
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

/** `countFrom`: when the reminder schedule started, in milliseconds since 1970. */
export const reminderKey = (countFrom: number, reminder: number): string =>
  `reminder:${countFrom}:${reminder}`;

/**
 * An action that was started: still under way, or done without the expected effect; then it is tried again at
 * `retryAt`.
 */
export type Begun = { kind: Action['kind']; since: number; retryAt: number };

export type InFlight = ReadonlyMap<string, Begun>;

export const isUnderWay = ({ retryAt }: Begun): boolean => !Number.isFinite(retryAt);

/** A mail is tried for at least this long, in milliseconds, even when it would soon be too late. */
const SHORTEST_TRY_MS = 1_000;

/**
 * `due`: actions to start now. `obsolete`: keys of started actions that are no longer needed. `next`: the first action
 * due in the future.
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
  // One invitation at a time: the running try may still send an obsolete one.
  const isInviting = obsolete
    .map((key) => inFlight.get(key)!)
    .some((begun) => begun.kind === 'sendInvitation' && isUnderWay(begun));
  const due = planned.filter(({ at, kind }) => at <= now && !(isInviting && kind === 'sendInvitation'));
  const [next] = planned.filter(({ at }) => at > now && Number.isFinite(at)).sort((a, b) => a.at - b.at);
  return { due, obsolete, next };
}

/** A started action is not started again while it is under way, nor before its retry time, unless it was put off. */
function waitsUntil({ at }: Action, begun: Begun | undefined): number {
  const wasPutOff = begun && !isUnderWay(begun) && at > begun.since;
  return begun && !wasPutOff ? begun.retryAt : Number.NEGATIVE_INFINITY;
}

/** What will happen unless something changes, each at its time, which may be in the past. */
export function plannedActions(snapshot: Snapshot, now: number, durations: Durations): Action[] {
  const { status, shouldRun, openedMailDue } = snapshot;
  if (status === 'completed')
    return openedMailDue ? [{ kind: 'sendOpenedMail', key: 'account-opened', at: now }] : [];
  if (status !== 'open') return shouldRun ? [{ kind: 'reopen', key: 'reopen', at: now }] : [];
  const expire: Action = { kind: 'expire', key: 'expire', at: expiresAt(snapshot, durations) };
  const invitation = invitationOf(snapshot, durations);
  // No reminders until the invitation has been sent.
  const reminders = reminderOf(snapshot, now, durations).filter(({ at }) => !invitation || at > now);
  const mails = [...factorResetOf(snapshot), ...(invitation ? [invitation] : []), ...reminders];
  return [...smsOf(snapshot), ...mails, expire];
}

/** Usually 14 days after the last progress or requested invitation, whichever is later. */
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
  // After an outage several reminders may be due: only the newest is sent.
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

/** The last reminder due by now, whether or not it was sent; 0 when there is none. */
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
