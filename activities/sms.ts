/** Sends the code of one request, once, within its life. */

import type { Db } from '../db/connect.ts';
import { type CodeToSend, codeToSend, markSmsFailed, markSmsSent, recordSmsSending } from '../db/smsCodes.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { heartbeating } from './heartbeat.ts';
import { codeText } from './sms/codeText.ts';
import type { SmsHandover } from './sms/handOver.ts';

/** `superseded`: a newer code was requested, so this one was not sent. */
export type SmsSending = 'sent' | 'undeliverable' | 'superseded';

export function createSmsActivities({
  db,
  handOver,
  host,
  codeTtl,
}: {
  db: Db;
  handOver: SmsHandover;
  /** Phones offer to enter the code on pages of this host; the format has no port (WICG sms-one-time-codes). */
  host: string;
  codeTtl: number;
}) {
  async function send(row: CodeToSend): Promise<SmsSending> {
    const { id, personId, phone, purpose, secondsLeft, locale, organisation } = row;
    const code = db.secrets.smsCode(row);
    const text = codeText({ code, purpose, locale, organisation: organisation ?? host, host });
    const sms = { id, to: phone, text, validForS: secondsLeft };
    return handOver(
      sms,
      { personId, kind: 'code' },
      {
        notTaken: () => markSmsFailed(db, id, 'delayed'),
        async write(outcome) {
          if ('refused' in outcome) {
            await markSmsFailed(db, id, outcome.refused);
            return 'undeliverable';
          }
          const { failed } = await markSmsSent(db, id, outcome.providerId);
          return failed ? 'undeliverable' : 'sent';
        },
      },
    );
  }

  /**
   * Does nothing when the code was sent already; a receipt may have updated it. A code past its life is never sent,
   * nor held back by the provider for later. After an outage several requests of one person may be waiting: only the
   * newest is sent.
   */
  async function sendCode(smsCodeId: string): Promise<SmsSending> {
    const row = await codeToSend(db, smsCodeId, codeTtl);
    if (!row) return 'superseded';
    if (row.usedAt) return 'sent';
    if (row.sentAt) return row.failedAt ? 'undeliverable' : 'sent';
    if (row.isSuperseded) {
      await markSmsFailed(db, row.id, 'superseded');
      return 'superseded';
    }
    if (row.expired) {
      await markSmsFailed(db, row.id, 'too-late');
      return 'undeliverable';
    }
    return heartbeating(() => send(row));
  }

  return {
    /** A code to sign in. */
    async sendSmsCode({ smsCodeId }: { smsCodeId: string }): Promise<SmsSending> {
      return sendCode(smsCodeId);
    },

    /** It could not be sent within the life of the code. */
    async giveUpSmsCode({ smsCodeId }: { smsCodeId: string }): Promise<void> {
      await markSmsFailed(db, smsCodeId, 'too-late');
    },

    /** Sends a code to verify a number during onboarding; returns the snapshot afterwards. */
    async sendVerificationCode(code: {
      onboardingId: string;
      smsCodeId: string;
    }): Promise<ReadSnapshot | undefined> {
      await sendCode(code.smsCodeId);
      return recordSmsSending(db, code);
    },

    /** It could not be sent within the life of the code. */
    async giveUpVerificationCode(code: {
      onboardingId: string;
      smsCodeId: string;
    }): Promise<ReadSnapshot | undefined> {
      return recordSmsSending(db, code);
    },
  };
}
