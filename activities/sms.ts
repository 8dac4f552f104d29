/** Sends the code of one request, once, within its life. */

import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import { onboardingOf } from '../db/onboardings.ts';
import { person } from '../db/people.ts';
import { markSmsFailed, markSmsSent, smsCode } from '../db/smsCodes.ts';
import { heartbeating } from './heartbeat.ts';
import type { Texter } from './sms/texter.ts';

const TEXT = {
  nl: (code: string, organisation: string) =>
    `${code} is uw code voor ${organisation}. Geef deze code aan niemand.`,
  en: (code: string, organisation: string) =>
    `${code} is your code for ${organisation}. Give this code to nobody.`,
};

export function createSmsActivities({
  db,
  texter,
  host,
  codeTtl,
}: {
  db: Db;
  texter: Texter;
  /** Phones fill in the code on pages of this host (WICG sms-one-time-codes). */
  host: string;
  codeTtl: number;
}) {
  return {
    /** Already sent: nothing happens. Older than the life of a code: it is never sent late. */
    async sendSmsCode({ smsCodeId }: { smsCodeId: string }): Promise<'sent' | 'undeliverable'> {
      const row = await smsCode(db, smsCodeId, codeTtl);
      if (!row || row.usedAt || row.sentAt) return 'sent';
      if (row.expired) {
        await markSmsFailed(db, row.id, 'too-late');
        return 'undeliverable';
      }
      const to = await person(db, row.personId);
      const onboarding = await onboardingOf(db, row.personId);
      const organisation = onboarding ? (await client(db, onboarding.clientId)).name : host;
      const code = db.secrets.smsCode(row);
      const text = `${TEXT[to.locale](code, organisation)}\n\n@${host} #${code}`;
      const outcome = await heartbeating(() => texter.send({ to: row.phone, text })).catch(async (error) => {
        await markSmsFailed(db, row.id, 'delayed');
        throw error;
      });
      if ('refused' in outcome) {
        await markSmsFailed(db, row.id, outcome.refused);
        return 'undeliverable';
      }
      await markSmsSent(db, row.id, outcome.providerId);
      return 'sent';
    },
  };
}
