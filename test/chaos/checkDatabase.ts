/**
 * Half done: a fact without its audit entry, an audit entry without its fact, something done twice, or in the wrong
 * order.
 */

import type { AuditRow } from '../../db/tables.ts';
import type { Findings } from './findings.ts';
import type { PersonRecords, Records } from './records.ts';

/** What is stored together or not at all: the fact, the audit entry, and what was written with them. */
const TOGETHER: {
  event: string;
  fact: (records: PersonRecords) => boolean;
  beside?: (records: PersonRecords) => boolean;
  /** May be done more than once: see AGAIN_AFTER. */
  again?: true;
}[] = [
  {
    event: 'terms.accepted',
    fact: ({ row }) => row.termsAcceptedAt !== null,
    beside: ({ hasTerms }) => hasTerms,
  },
  {
    event: 'password.changed',
    fact: ({ row }) => row.passwordChangedAt !== null,
    beside: ({ hasPassword }) => hasPassword,
  },
  {
    event: 'sms.verified',
    fact: ({ row }) => row.smsVerifiedAt !== null,
    beside: ({ hasPhone }) => hasPhone,
    again: true,
  },
  { event: 'app.verified', fact: ({ row }) => row.appVerifiedAt !== null, beside: ({ hasApp }) => hasApp },
  { event: 'app.skipped', fact: ({ row }) => row.appSkippedAt !== null },
  {
    event: 'profile.saved',
    fact: ({ row }) => row.profileSavedAt !== null,
    beside: ({ hasProfile }) => hasProfile,
  },
  { event: 'onboarding.completed', fact: ({ row }) => row.status === 'completed' },
];

/** The order of events; those not listed may come at any time. */
const ORDER = [
  'message.accepted',
  'terms.accepted',
  'password.changed',
  'factor',
  'profile.saved',
  'onboarding.completed',
  'message.read',
];
/** The address was corrected: the onboarding starts over. */
const VOIDED = 'facts.voided';
const FACTOR = /^(sms|app)\.(verified|skipped)$/;

/** Events that senders receive once, with the audit entry of each. */
const TOLD: [type: string, step: string | undefined, event: string][] = [
  ['onboarding.step_completed', 'terms', 'terms.accepted'],
  ['onboarding.step_completed', 'password', 'password.changed'],
  ['onboarding.step_completed', 'sms', 'sms.verified'],
  ['onboarding.step_completed', 'app', 'app.verified'],
  ['onboarding.step_completed', 'profile', 'profile.saved'],
  ['onboarding.help_asked', undefined, 'help.asked'],
  ['onboarding.completed', undefined, 'onboarding.completed'],
  ['onboarding.expired', undefined, 'onboarding.expired'],
  ['onboarding.cancelled', undefined, 'onboarding.cancelled'],
  ['message.read', undefined, 'message.read'],
];

/** May only happen again after one of these. */
const AGAIN_AFTER: [event: string, undone: RegExp][] = [
  // A second tab requested another code, and it was entered.
  ['sms.verified', /^(sms\.requested|facts\.voided)$/],
  ['sms.skipped', /^(sms\.requested|factors\.reset|facts\.voided)$/],
  ['app.skipped', /^(factors\.reset|facts\.voided)$/],
  ['help.asked', /^((terms|password|sms|app|profile)\.(?!proven|refused)|facts\.voided$)/],
];

export function checkDatabase(records: Records, findings: Findings): void {
  for (const [personId, known] of records) {
    const story = known.audit.map(({ event }) => event).join(' ');
    const half = (what: string) => findings.add('half_done', personId, `${what} (${story})`);
    checkFacts(known, half);
    checkOrder(known, half);
    checkAgain(known, half);
    checkMessages(known, half);
    checkCounters(known, half);
    checkTold(known, half);
  }
}

type Half = (what: string) => void;

const count = ({ audit }: PersonRecords, event: string) => audit.filter((row) => row.event === event).length;

/** The audit before and after an address correction: another person acted before it, and all of that is void. */
function livesIn({ audit }: PersonRecords): { before: AuditRow[]; now: AuditRow[] } {
  const since = audit.findLastIndex(({ event }) => event === VOIDED) + 1;
  return { before: audit.slice(0, since), now: audit.slice(since) };
}

function checkFacts(known: PersonRecords, half: Half): void {
  const { before, now } = livesIn(known);
  const times = (audit: AuditRow[], event: string) => audit.filter((row) => row.event === event).length;
  for (const { event, fact, beside, again } of TOGETHER) {
    const wanted = fact(known) ? 1 : 0;
    const done = again ? Math.min(times(now, event), 1) : times(now, event);
    if (done !== wanted) half(`${event}: ${done} in the audit, ${wanted} by the fact`);
    if (!again && times(before, event) > 1)
      half(`${event}: ${times(before, event)} times before it was void`);
    if (beside && wanted === 1 && !beside(known)) half(`${event}: what was given is not there`);
  }
}

function checkAgain({ audit, row }: PersonRecords, half: Half): void {
  for (const [event, undone] of AGAIN_AFTER) {
    let isDone = false;
    for (const one of audit) {
      if (one.event === event && isDone) half(`${event} twice, and nothing in between`);
      if (one.event === event) isDone = true;
      else if (undone.test(one.event)) isDone = false;
    }
    if (event === 'sms.skipped' && isDone !== (row.smsSkippedAt !== null))
      half(`${event}: ${isDone ? '' : 'not '}by the audit, otherwise by the fact`);
  }
}

/** Later messages may come at any time: only the first one has its place. */
function checkOrder({ audit }: PersonRecords, half: Half): void {
  let reached = 0;
  for (const [i, { event }] of audit.entries()) {
    if (event === VOIDED) reached = 0;
    const place = ORDER.indexOf(FACTOR.test(event) ? 'factor' : event);
    if (place < 0 || (event === 'message.accepted' && i > 0)) continue;
    if (place < reached) half(`${event} comes after ${ORDER[reached]}`);
    reached = Math.max(reached, place);
  }
}

function checkMessages({ row, messages, audit }: PersonRecords, half: Half): void {
  for (const { id, releasedAt, notifiedAt, readAt, createdAt } of messages) {
    const times = (event: string) =>
      audit.filter((one) => one.event === event && one.details.messageId === id).length;
    if (times('message.accepted') !== 1) half(`message ${id}: accepted ${times('message.accepted')} times`);
    if (times('message.read') !== (readAt ? 1 : 0))
      half(`message ${id}: read ${times('message.read')} times`);
    if (row.status === 'completed' && !releasedAt) half(`message ${id} is held, and the account is open`);
    if (row.status !== 'completed' && releasedAt)
      half(`message ${id} is released, and the account is not open`);
    if (row.endedAt && createdAt > row.endedAt && !notifiedAt && !readAt)
      half(`nobody was told of message ${id}`);
  }
}

function checkCounters(known: PersonRecords, half: Half): void {
  const { row, audit, voided } = known;
  const mails = [...known.mails, ...voided.mails];
  const codes = [...known.codes, ...voided.codes];
  const resets = [...known.resets, ...voided.resets];
  const sent = (kind: string) => mails.filter((mail) => mail.kind === kind && mail.sentAt).length;
  if (sent('invitation') !== row.invitationsSent)
    half(`${row.invitationsSent} invitations, ${sent('invitation')} sent`);
  if (sent('reminder') !== row.remindersSent)
    half(`${row.remindersSent} reminders, ${sent('reminder')} sent`);
  const asked = audit
    .filter(({ event }) => event === 'sms.requested')
    .map(({ details }) => details.smsCodeId);
  const there = codes.map(({ id }) => id);
  const used = resets.filter(({ purpose, usedAt }) => purpose === 'password' && usedAt).length;
  if (count(known, 'password.reset') !== used)
    half(`${count(known, 'password.reset')} new passwords, ${used} links used`);
  if (asked.toSorted().join() !== there.toSorted().join())
    half(`${asked.length} codes asked for, ${there.length} there`);
}

function checkTold(known: PersonRecords, half: Half): void {
  const invited = known.events.filter(({ type }) => type === 'onboarding.invited').length;
  if (invited !== known.row.invitationsSent)
    half(`onboarding.invited: told ${invited} times, ${known.row.invitationsSent} sent`);
  for (const [type, step, event] of TOLD) {
    const told = known.events.filter((one) => one.type === type && one.data.step === step).length;
    if (told !== count(known, event))
      half(`${type} ${step ?? ''}: told ${told} times, done ${count(known, event)} times`);
  }
}
