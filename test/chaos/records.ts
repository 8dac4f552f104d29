/** What the database holds of everybody at the end of a run. */
import type { Db } from '../../db/connect.ts';
import type {
  AuditRow,
  EventRow,
  InvitationRow,
  MessageRow,
  OnboardingRow,
  ResetLinkRow,
  SendTryRow,
  SmsCodeRow,
} from '../../db/tables.ts';
import { readVoided } from './voidedLog.ts';

export type PersonRecords = {
  row: OnboardingRow;
  audit: AuditRow[];
  messages: MessageRow[];
  mails: InvitationRow[];
  codes: (SmsCodeRow & { digits: string })[];
  events: EventRow[];
  tries: SendTryRow[];
  resets: ResetLinkRow[];
  /** Rows that were deleted by an address correction. */
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
  const rows = await sql('onboarding').select();
  // By transaction time, because ids are made by processes with wrong clocks.
  const audit = by(
    await sql('audit').whereNotNull('personId').orderBy(['at', 'id']),
    ({ personId }) => personId!,
  );
  const messages = ofPerson(await sql('message').orderBy('createdAt'));
  const mails = by(await sql('invitation').select(), ({ onboardingId }) => onboardingId);
  const codes = ofPerson(await sql('sms_code').orderBy('requestedAt'));
  const events = ofPerson(await sql('event').orderBy('at'));
  const tries = ofPerson(await sql('send_try').orderBy('begunAt'));
  const resets = ofPerson(await sql('reset_link').select());
  const voidedMails = by(await readVoided(db, 'invitation'), ({ onboardingId }) => onboardingId);
  const voidedCodes = ofPerson(await readVoided(db, 'sms_code'));
  const voidedResets = ofPerson(await readVoided(db, 'reset_link'));
  const withDigits = (all: SmsCodeRow[] = []) =>
    all.map((code) => ({ ...code, digits: secrets.smsCode(code) }));
  const passwords = new Set(await sql('person').whereNotNull('passwordHash').pluck('id'));
  const idsOf = (people: { personId: string }[]) => new Set(people.map(({ personId }) => personId));
  const profiles = idsOf(await sql('profile').select('personId'));
  const phones = idsOf(await sql('sms_factor').select('personId'));
  const apps = idsOf(await sql('app_factor').whereNotNull('verifiedAt').select('personId'));
  const terms = idsOf(await sql('terms_acceptance').select('personId'));
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
