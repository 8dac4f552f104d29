/**
 * Mails and SMS that were sent more than once. Allowed is only what was in flight at a fault: the identical text again,
 * at most once for each fault.
 */
import type { Delivered } from './deliveries.ts';
import type { Findings } from './findings.ts';
import type { Killable } from './parts.ts';
import type { PersonRecords, Records } from './records.ts';
import type { System } from './system.ts';

/** A send is in flight from a little before it came to us until the engine knows its outcome. */
const BEGUN_BEFORE_MS = 500;
const KNOWN_AFTER_MS = 1_500;
/** A server that serves again takes so long until everybody has found it. */
const AFTERMATH_MS: Record<Killable['kind'], number> = {
  web: 0,
  worker: 0,
  postgres: 1_000,
  temporal: 2_000,
};

/** Returns how many were repeated because they were in flight. */
export function checkSends(system: System, records: Records, findings: Findings): number {
  const { mails, texts } = system.deliveries;
  const groups = [
    ...Map.groupBy(mails, ({ messageId }) => messageId ?? '').values(),
    ...Map.groupBy(texts, ({ to, text }) => `${to} ${text}`).values(),
  ];
  checkSentAreThere(system, [...records.values()], findings);
  return groups.reduce((sum, group) => sum + repeatsOf(group, system.parts.list, findings), 0);
}

function repeatsOf(copies: Delivered[], parts: Killable[], findings: Findings): number {
  const [first, ...again] = copies;
  if (!first || again.length === 0) return 0;
  const name = first.messageId ?? `SMS to ${first.to}`;
  const other = (what: string) => findings.add('repeats_other', name, what);
  if (again.some(({ text, to }) => text !== first.text || to !== first.to))
    other('sent again with another text');
  // The last copy was not followed by another one.
  const reasons = new Set(copies.slice(0, -1).flatMap((copy) => faultsIn(copy, parts)));
  const unexplained = again.length - reasons.size;
  if (unexplained > 0) other(`sent ${copies.length} times: ${copies.map(describe).join('; ')}`);
  return Math.min(again.length, reasons.size);
}

const describe = ({ at, worker, answerLost }: Delivered) =>
  `${new Date(at).toISOString()} by ${worker}${answerLost ? ', answer lost' : ''}`;

/** What struck while this copy was in flight. */
function faultsIn(copy: Delivered, parts: Killable[]): string[] {
  const concerned = parts.filter(
    ({ name, kind }) => name === copy.worker || kind === 'postgres' || kind === 'temporal',
  );
  const outages = concerned.flatMap(({ name, kind, outages }) =>
    outages
      .filter(({ from, until = Number.POSITIVE_INFINITY }) => {
        const isBefore = until + AFTERMATH_MS[kind] < copy.cameAt - BEGUN_BEFORE_MS;
        return !isBefore && from < copy.at + KNOWN_AFTER_MS;
      })
      .map(({ from }) => `${name} ${from}`),
  );
  return copy.answerLost ? [...outages, `answer ${copy.at}`] : outages;
}

/** What the database says was sent is in somebody's hands, and nothing else is: a repeat keeps its Message-ID and code. */
function checkSentAreThere({ deliveries }: System, people: PersonRecords[], findings: Findings): void {
  const idOf = ({ messageId }: Delivered) => /<([^@]+)@/.exec(messageId ?? '')?.[1] ?? '';
  const codeOf = ({ text }: Delivered) => /\d{6}/.exec(text)![0];
  const arrived = new Set([...deliveries.mails.map(idOf), ...deliveries.texts.map(codeOf)]);
  const known = new Set<string>();
  for (const { mails, codes, messages, resets } of people) {
    const links = [...mails, ...resets.map((reset) => ({ ...reset, kind: 'password-reset' }))];
    for (const { id, sentAt, kind } of links)
      if (sentAt && !arrived.has(id)) findings.add('lost', id, `${kind} was sent, and did not arrive`);
    for (const { id, sentAt, digits } of codes)
      if (sentAt && !arrived.has(digits)) findings.add('lost', id, 'SMS was sent, and did not arrive');
    for (const { id } of [...links, ...messages]) known.add(id);
    for (const { digits } of codes) known.add(digits);
  }
  for (const mail of deliveries.mails)
    if (!known.has(idOf(mail))) findings.add('repeats_other', mail.to, `unknown mail ${mail.messageId}`);
  for (const text of deliveries.texts)
    if (!known.has(codeOf(text))) findings.add('repeats_other', text.to, 'SMS with an unknown code');
}
