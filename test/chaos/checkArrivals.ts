/**
 * Lost: a mail or SMS that is recorded as sent but never arrived, or that was requested and never sent. Also checks
 * that nothing else arrived: a repeat keeps its Message-ID and its code.
 */
import type { Deliveries } from './deliveries.ts';
import type { Acted, EngineRun } from './engineRuns.ts';
import type { Findings } from './findings.ts';
import type { Ledger } from './ledger.ts';
import type { PersonRecords, Records } from './records.ts';
import { codeOf, idOf } from './sends.ts';

/** What arrived: ids of rows that mails carry, and codes in SMS. */
type Arrived = Set<string>;

export function checkArrivals(
  given: {
    deliveries: Deliveries;
    ledger: Ledger;
    records: Records;
    runs: EngineRun[];
    /** What started after this may still be under way. */
    settledAt: number;
  },
  findings: Findings,
): void {
  const { deliveries, ledger, records, runs, settledAt } = given;
  // Nothing is left of erased people to compare with.
  const erased = new Set(ledger.accounts.filter((one) => one.erased).map(({ email }) => email));
  const arrived: Arrived = new Set([...deliveries.mails.map(idOf), ...deliveries.texts.map(codeOf)]);
  const outcomes = outcomesOf(runs);
  const known = new Set<string>();
  for (const one of records.values()) {
    for (const { id, what, askedAt, sent, over, proof = id } of [
      ...sendsOf(one, outcomes),
      ...voidedSendsOf(one),
    ]) {
      if (sent && !arrived.has(proof)) findings.add('lost', id, `${what} was sent, and did not arrive`);
      if (!sent && !over && askedAt.getTime() < settledAt)
        findings.add('lost', id, `${what} was asked for, and neither sent nor given up`);
      known.add(proof);
    }
  }
  for (const mail of deliveries.mails)
    if (!known.has(idOf(mail)) && mail.cameAt < settledAt && !erased.has(mail.to))
      findings.add('repeats_other', mail.to, `unknown mail ${mail.messageId}`);
  for (const text of deliveries.texts)
    if (!known.has(codeOf(text)) && text.cameAt < settledAt)
      findings.add('repeats_other', text.to, 'SMS with an unknown code');
}

/** The outcomes Temporal recorded, by the row or key that a send is about. */
type Outcomes = Map<string, unknown[]>;

const ABOUT = ['messageId', 'resetId', 'smsCodeId'];
/** Keys are unique within one onboarding. */
const mailOf = (onboardingId: unknown, key: unknown) => `${onboardingId} ${key}`;

function outcomesOf(runs: EngineRun[]): Outcomes {
  const outcomes: Outcomes = new Map();
  const add = ({ name, input, result }: Acted) => {
    if (!name.startsWith('send')) return;
    const { onboardingId, key } = input;
    const about = key ? mailOf(onboardingId, key) : String(ABOUT.map((name) => input[name]).find(Boolean));
    outcomes.set(about, [...(outcomes.get(about) ?? []), result]);
  };
  for (const { acted } of runs) acted.forEach(add);
  return outcomes;
}

type Send = {
  id: string;
  what: string;
  askedAt: Date;
  /** The database or Temporal says that it was sent. */
  sent: boolean;
  /** It was no longer needed, or was given up with a reason. */
  over: boolean;
  /** What identifies it on arrival. */
  proof?: string;
};

/** Sends to the holder of the old address: unsent ones are no longer needed. */
function voidedSendsOf({ voided }: PersonRecords): Send[] {
  const { mails, codes, resets } = voided;
  const over = (
    what: string,
    { id, sentAt, askedAt }: { id: string; sentAt: Date | null; askedAt: Date },
  ) => ({
    id,
    what,
    askedAt,
    sent: sentAt !== null,
    over: true,
  });
  return [
    ...mails.map((mail) => over(mail.kind, { ...mail, askedAt: mail.createdAt })),
    ...resets.map((reset) => over('password-reset', { ...reset, askedAt: reset.createdAt })),
    ...codes.map((code) => ({ ...over('SMS', { ...code, askedAt: code.requestedAt }), proof: code.digits })),
  ];
}

function sendsOf({ row, audit, mails, codes, messages, resets }: PersonRecords, outcomes: Outcomes): Send[] {
  // When an onboarding ends, running sends are cancelled.
  const ended = row.endedAt !== null;
  const reopenedAt = audit.findLast(({ event }) => event === 'onboarding.reopened')?.at;
  const brokenOff = (askedAt: Date) => ended || (reopenedAt !== undefined && askedAt < reopenedAt);
  const sent = (key: string) => (outcomes.get(key) ?? []).includes('sent');
  return [
    ...mails.map(({ id, kind, createdAt, sentAt, sendKey }) => ({
      id,
      askedAt: createdAt,
      what: kind,
      sent: sentAt !== null,
      over: brokenOff(createdAt) || outcomes.has(mailOf(row.id, sendKey)),
    })),
    ...resets.map(({ id, purpose, createdAt, sentAt, usedAt }) => ({
      id,
      askedAt: createdAt,
      what: 'password-reset',
      sent: sentAt !== null || sent(id),
      // Only the newest of its kind is needed.
      over:
        usedAt !== null ||
        outcomes.has(id) ||
        resets.some((other) => other.purpose === purpose && other.createdAt > createdAt),
    })),
    // A mail may announce several messages, with the id of one of them.
    ...messages
      .map((message) => ({ ...message, id: message.toldWith ?? message.id }))
      .map(({ id, notifiedAt, createdAt }) => ({
        id,
        askedAt: createdAt,
        what: 'message-notice',
        sent: notifiedAt !== null || sent(id),
        // Until the account is open, the invitation announces it.
        over: outcomes.has(id) || row.endedAt === null || createdAt <= row.endedAt,
      })),
    ...codes.map(({ id, purpose, requestedAt, digits, sentAt, failedAt, usedAt }) => ({
      id,
      askedAt: requestedAt,
      what: `SMS (${purpose}, ${row.status}) of ${row.personId}`,
      sent: sentAt !== null || sent(id),
      over:
        (brokenOff(requestedAt) && purpose === 'enrol') ||
        failedAt !== null ||
        usedAt !== null ||
        outcomes.has(id),
      proof: digits,
    })),
  ];
}
