/** What the database has of everybody at the end of a run. */
import type { Db } from '../../db/connect.ts';
import type { Onboarding } from '../../db/onboardings.ts';
import type { SendTry } from '../../db/sendTries.ts';
import { readVoided } from './voidedLog.ts';

export type AuditRow = { event: string; personId: string; at: Date; details: Record<string, unknown> };
export type MessageRow = {
  id: string;
  personId: string;
  createdAt: Date;
  releasedAt: Date | null;
  notifiedAt: Date | null;
  readAt: Date | null;
  toldWith: string | null;
};
export type MailRow = {
  id: string;
  onboardingId: string;
  kind: string;
  sendKey: string;
  createdAt: Date;
  sentAt: Date | null;
};
/** A mail with which a new password is chosen. */
export type ResetRow = {
  id: string;
  personId: string;
  purpose: string;
  createdAt: Date;
  sentAt: Date | null;
  usedAt: Date | null;
};
export type CodeRow = {
  id: string;
  keyId: string;
  personId: string;
  purpose: string;
  requestedAt: Date;
  sentAt: Date | null;
  failedAt: Date | null;
  usedAt: Date | null;
};
export type EventRow = { type: string; personId: string; data: Record<string, string> };

export type PersonRecords = {
  row: Onboarding;
  audit: AuditRow[];
  messages: MessageRow[];
  mails: MailRow[];
  codes: (CodeRow & { digits: string })[];
  events: EventRow[];
  tries: (SendTry & { endedAt: Date | null })[];
  resets: ResetRow[];
  /** Was deleted when the address was corrected. */
  voided: Pick<PersonRecords, 'mails' | 'codes' | 'resets'>;
  hasPassword: boolean;
  hasProfile: boolean;
  hasPhone: boolean;
  hasApp: boolean;
  hasTerms: boolean;
};

/** By the person's id. */
export type Records = Map<string, PersonRecords>;

export async function readRecords(db: Db): Promise<Records> {
  const { sql, secrets } = db;
  const by = <T>(rows: T[], key: (row: T) => string) => Map.groupBy(rows, key);
  const ofPerson = <T extends { personId: string }>(rows: T[]) => by(rows, ({ personId }) => personId);
  const rows: Onboarding[] = await sql('onboarding').select();
  // By the time of the transaction: the ids are made by processes whose clocks are off.
  const audit = ofPerson<AuditRow>(await sql('audit').whereNotNull('person_id').orderBy(['at', 'id']));
  const messages = ofPerson<MessageRow>(await sql('message').orderBy('created_at'));
  const mails = by<MailRow>(await sql('invitation').select(), ({ onboardingId }) => onboardingId);
  const codes = ofPerson<CodeRow>(await sql('sms_code').orderBy('requested_at'));
  const events = ofPerson<EventRow>(await sql('event').orderBy('at'));
  const tries = ofPerson<SendTry & { personId: string; endedAt: Date | null }>(
    await sql('send_try').orderBy('begun_at'),
  );
  const resets = ofPerson<ResetRow>(await sql('reset_link').select());
  const voidedMails = by(await readVoided<MailRow>(db, 'invitation'), ({ onboardingId }) => onboardingId);
  const voidedCodes = ofPerson(await readVoided<CodeRow>(db, 'sms_code'));
  const voidedResets = ofPerson(await readVoided<ResetRow>(db, 'reset_link'));
  const withDigits = (all: CodeRow[] = []) => all.map((code) => ({ ...code, digits: secrets.smsCode(code) }));
  const ids = async (table: string, where: (column: string) => string = () => 'true', column = 'person_id') =>
    new Set<string>(await sql(table).whereRaw(where(column)).pluck(column));
  const passwords = await ids('person', () => 'password_hash is not null', 'id');
  const profiles = await ids('profile');
  const phones = await ids('sms_factor');
  const apps = await ids('app_factor', () => 'verified_at is not null');
  const terms = await ids('terms_acceptance');
  return new Map(
    rows.map((row) => [
      row.personId,
      {
        row,
        audit: audit.get(row.personId) ?? [],
        messages: messages.get(row.personId) ?? [],
        mails: mails.get(row.id) ?? [],
        codes: withDigits(codes.get(row.personId)),
        events: events.get(row.personId) ?? [],
        tries: tries.get(row.personId) ?? [],
        resets: resets.get(row.personId) ?? [],
        voided: {
          mails: voidedMails.get(row.id) ?? [],
          codes: withDigits(voidedCodes.get(row.personId)),
          resets: voidedResets.get(row.personId) ?? [],
        },
        hasPassword: passwords.has(row.personId),
        hasProfile: profiles.has(row.personId),
        hasPhone: phones.has(row.personId),
        hasApp: apps.has(row.personId),
        hasTerms: terms.has(row.personId),
      },
    ]),
  );
}
