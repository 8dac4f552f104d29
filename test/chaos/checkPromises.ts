/** Lost: something acknowledged that is not there. */
import { verify } from 'argon2';
import type { Db } from '../../db/connect.ts';
import type { Findings } from './findings.ts';
import type { Account, Ledger, Promised } from './ledger.ts';
import type { PersonRecords, Records } from './records.ts';

const event = (name: string) => (records: PersonRecords) => records.audit.some((row) => row.event === name);

/** Whether the database has what was promised. */
const KEPT: Record<Promised, (records: PersonRecords) => boolean> = {
  termsAccepted: ({ row }) => row.termsAcceptedAt !== null,
  passwordChanged: ({ row }) => row.passwordChangedAt !== null,
  smsVerified: ({ row }) => row.smsVerifiedAt !== null,
  smsDecided: ({ row }) => row.smsVerifiedAt !== null || row.smsSkippedAt !== null,
  appVerified: ({ row }) => row.appVerifiedAt !== null,
  appDecided: ({ row }) => row.appVerifiedAt !== null || row.appSkippedAt !== null,
  secondFactor: ({ row }) => row.smsVerifiedAt !== null || row.appVerifiedAt !== null,
  profileSaved: ({ row }) => row.profileSavedAt !== null,
  completed: ({ row }) => row.status === 'completed',
  helpAsked: event('help.asked'),
};

export function checkPromises({ accounts }: Ledger, records: Records, findings: Findings): void {
  for (const account of accounts) {
    for (const key of account.doubled)
      findings.add('half_done', account.email, `${key}: two answers for one key`);
    if (account.messages.size === 0) continue;
    const known = records.get(account.personId);
    if (account.erased) continue;
    if (known) checkOne(account, known, findings);
    else findings.add('lost', account.email, 'the person is not there');
  }
}

/** Erased people are gone; the password that an answer confirmed is the one that works. */
export async function checkPeople(db: Db, { accounts }: Ledger, findings: Findings): Promise<void> {
  const rows = await db.sql('person').select('id', 'passwordHash');
  const hashes = new Map(rows.map(({ id, passwordHash }) => [id, passwordHash]));
  for (const { personId, email, passwords, promised, erased } of accounts) {
    if (erased && hashes.has(personId)) findings.add('lost', email, 'was erased, and is there');
    const hash = hashes.get(personId);
    if (!hash || !promised.has('passwordChanged')) continue;
    const tried = await Promise.all(passwords.map((password) => verify(hash, password)));
    if (!tried.includes(true)) findings.add('lost', email, 'the own password that was saved');
  }
}

function checkOne(account: Account, known: PersonRecords, findings: Findings): void {
  const lost = (what: string) => findings.add('lost', account.email, what);
  for (const promised of account.promised) if (!KEPT[promised](known)) lost(promised);
  for (const what of account.refused) lost(`${what} was saved, and did not work`);
  for (const id of account.messages.values()) {
    const message = known.messages.find((one) => one.id === id);
    if (!message) lost(`message ${id}`);
    else if (known.row.status === 'completed' && !message.releasedAt) lost(`message ${id} is not released`);
    if (account.read.has(id) && !message?.readAt) lost(`message ${id} was read`);
  }
  if (known.messages.length !== account.messages.size)
    findings.add(
      'half_done',
      account.email,
      `${known.messages.length} messages for ${account.messages.size} keys`,
    );
}
