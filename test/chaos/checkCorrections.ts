/** Lost: an address correction or repeated invitation without effect. Leaked: what still reaches the old address. */
import { findPersonByEmail } from '../../db/people.ts';
import type { Delivered } from './deliveries.ts';
import type { Findings } from './findings.ts';
import { isInvitation } from './inbox.ts';
import type { Account, Correction, Ledger } from './ledger.ts';
import type { PersonRecords, Records } from './records.ts';
import { codeOf, idOf } from './sends.ts';
import type { System } from './system.ts';

/** How long from reading the address for a mail until its try is recorded. */
const BEGINS_WITHIN_MS = 1_000;

export async function checkCorrections(
  system: System,
  { ledger, records }: { ledger: Ledger; records: Records },
  findings: Findings,
): Promise<void> {
  for (const account of ledger.accounts) {
    const known = records.get(account.personId);
    if (!known) continue;
    checkInvited(system, account, findings);
    if (account.correction?.acknowledgedAt)
      await checkCorrected(system, { account, correction: account.correction, known }, findings);
  }
}

/** A person who stopped got a mail after the sender started to request it. */
function checkInvited({ deliveries }: System, { email, invitedAgain }: Account, findings: Findings): void {
  const came = deliveries.mailsTo(email).filter(isInvitation);
  for (const askedAt of invitedAgain)
    if (!came.some(({ at }) => at >= askedAt))
      findings.add('lost', email, 'was invited again, and no mail left');
}

type Corrected = { account: Account; correction: Correction; known: PersonRecords };

async function checkCorrected(
  { db, deliveries }: System,
  { account, correction, known }: Corrected,
  findings: Findings,
): Promise<void> {
  const { email, personId } = account;
  const { old, oldPhone, opened } = correction;
  const half = (what: string) => findings.add('half_done', email, what);
  if ((await findPersonByEmail(db, email))?.id !== personId)
    findings.add('lost', email, 'was corrected to, and is not the address of the person');
  for (const what of opened) findings.add('lost', old.email, `was corrected, and ${what}`);
  if (await findPersonByEmail(db, old.email)) half('somebody is still found at the old address');
  for (const event of ['address.corrected', 'facts.voided']) {
    const times = known.audit.filter((one) => one.event === event).length;
    if (times !== 1) half(`${event}: ${times} in the audit`);
  }
  for (const sent of [...deliveries.mailsTo(old.email), ...deliveries.textsTo(oldPhone)])
    if (!wasInFlight(sent, { correction, known }))
      findings.add('leaked', sent.to, 'was sent to after the address was corrected');
  for (const { text } of deliveries.mailsTo(email))
    if (text.includes(old.email)) findings.add('leaked', email, 'was told the old address');
}

/** Its try began before anybody had been told that the address was corrected. */
function wasInFlight(
  sent: Delivered,
  { correction: { acknowledgedAt = 0 }, known }: Omit<Corrected, 'account'>,
): boolean {
  if (sent.cameAt < acknowledgedAt) return true;
  const { codes, mails, resets } = known.voided;
  const about = sent.messageId
    ? [...mails, ...resets].find(({ id }) => id === idOf(sent))
    : codes.find(({ digits }) => digits === codeOf(sent));
  const tries = known.tries.filter(
    ({ subjectId, begunAt }) => subjectId === about?.id && begunAt.getTime() <= sent.cameAt,
  );
  return tries.some(
    ({ begunAt }, i) => i === tries.length - 1 && begunAt.getTime() < acknowledgedAt + BEGINS_WITHIN_MS,
  );
}
