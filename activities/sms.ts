/** Sends the code of one request, once, within its life. */

import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import { onboardingOf } from '../db/onboardings.ts';
import { person } from '../db/people.ts';
import {
  isSuperseded,
  markSmsFailed,
  markSmsSent,
  recordSmsSending,
  type SmsCode,
  smsCode,
} from '../db/smsCodes.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { heartbeating } from './heartbeat.ts';
import type { SendRecords } from './sendRecords.ts';
import { codeText } from './sms/codeText.ts';
import type { Texter } from './sms/texter.ts';
import { SmsNotTaken } from './sms/twilioFailure.ts';

/** `superseded`: a newer code was asked for, so this one was not sent. */
export type SmsSending = 'sent' | 'undeliverable' | 'superseded';

export function createSmsActivities({
  db,
  beginTry,
  texter,
  host,
  codeTtl,
}: {
  db: Db;
  beginTry: SendRecords['begin'];
  texter: Texter;
  /** Phones fill in the code on pages of this host, whatever the port: the format knows none (WICG sms-one-time-codes). */
  host: string;
  codeTtl: number;
}) {
  async function textOf(row: SmsCode): Promise<string> {
    const { locale } = await person(db, row.personId);
    const onboarding = await onboardingOf(db, row.personId);
    const organisation = onboarding ? (await client(db, onboarding.clientId)).name : host;
    return codeText({ code: db.secrets.smsCode(row), purpose: row.purpose, locale, organisation, host });
  }

  /** Hands it over, with a record of this try. */
  async function send(row: SmsCode): Promise<SmsSending> {
    const { id, personId, phone, secondsLeft } = row;
    const sms = { id, to: phone, text: await textOf(row), validForS: secondsLeft };
    const endTry = await beginTry({ personId, channel: 'sms', kind: 'code', subjectId: id });
    const outcome = await texter.send(sms).catch(async (error) => {
      const reason = error instanceof SmsNotTaken ? error.reason : 'fault';
      await endTry({ outcome: 'failed', reason });
      await markSmsFailed(db, id, 'delayed');
      throw error;
    });
    if ('refused' in outcome) {
      await markSmsFailed(db, id, outcome.refused);
      await endTry({ outcome: 'refused', reason: outcome.reason });
      return 'undeliverable';
    }
    const { failed } = await markSmsSent(db, id, outcome.providerId);
    await endTry({ outcome: 'accepted' });
    return failed ? 'undeliverable' : 'sent';
  }

  /**
   * Already sent: nothing happens, and a receipt by now says what became of it. Older than the life of a code: it is
   * never sent late, not by the provider either. After an outage several requests of one person can be waiting: only the
   * newest code leaves.
   */
  async function sendCode(smsCodeId: string): Promise<SmsSending> {
    const row = await smsCode(db, smsCodeId, codeTtl);
    if (!row) return 'superseded';
    if (row.usedAt) return 'sent';
    if (row.sentAt) return row.failedAt ? 'undeliverable' : 'sent';
    if (await isSuperseded(db, row)) {
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

    /** It was tried for as long as the code lives. */
    async giveUpSmsCode({ smsCodeId }: { smsCodeId: string }): Promise<void> {
      await markSmsFailed(db, smsCodeId, 'too-late');
    },

    /** A code to verify a number in an onboarding; returns how things stand afterwards. */
    async sendVerificationCode(code: {
      onboardingId: string;
      smsCodeId: string;
    }): Promise<ReadSnapshot | undefined> {
      await sendCode(code.smsCodeId);
      return recordSmsSending(db, code);
    },

    /** It was tried for as long as the code lives. */
    async giveUpVerificationCode(code: {
      onboardingId: string;
      smsCodeId: string;
    }): Promise<ReadSnapshot | undefined> {
      return recordSmsSending(db, code);
    },
  };
}
