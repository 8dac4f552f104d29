/** Tells the owner of a number that it was replaced. */
import type { Db } from '../db/connect.ts';
import { person } from '../db/people.ts';
import {
  markNoticeFailed,
  markNoticeSent,
  NOTICE_TRIED_FOR_MS,
  type SecurityNotice,
  securityNotice,
} from '../db/securityNotices.ts';
import { heartbeating } from './heartbeat.ts';
import type { SendRecords } from './sendRecords.ts';
import { replacedText } from './sms/replacedText.ts';
import type { Texter } from './sms/texter.ts';
import { SmsNotTaken } from './sms/twilioFailure.ts';

type Given = {
  db: Db;
  beginTry: SendRecords['begin'];
  texter: Texter;
  host: string;
  timeZone: string;
  helpContact: string;
};

type Id = { noticeId: string };

export function createSecurityNoticeActivities(given: Given) {
  const { db, beginTry, texter, host, timeZone, helpContact } = given;

  /** Hands it over, with a record of this try. */
  async function send({ id, personId, phone, at, device }: SecurityNotice): Promise<void> {
    const { locale } = await person(db, personId);
    const text = replacedText({ locale, device, at, timeZone, host, helpContact });
    const endTry = await beginTry({ personId, channel: 'sms', kind: 'number-replaced', subjectId: id });
    const sms = { id, to: phone, text, validForS: NOTICE_TRIED_FOR_MS / 1000 };
    const outcome = await texter.send(sms).catch(async (error) => {
      const reason = error instanceof SmsNotTaken ? error.reason : 'fault';
      await endTry({ outcome: 'failed', reason });
      throw error;
    });
    if ('refused' in outcome) {
      await markNoticeFailed(db, id);
      await endTry({ outcome: 'refused', reason: outcome.reason });
    } else {
      await markNoticeSent(db, id);
      await endTry({ outcome: 'accepted' });
    }
  }

  return {
    async sendSecurityNotice({ noticeId }: Id): Promise<void> {
      const notice = await securityNotice(db, noticeId);
      if (!notice || notice.sentAt || notice.failedAt) return;
      await heartbeating(() => send(notice));
    },

    /** It was tried for as long as it was of use. */
    async giveUpSecurityNotice({ noticeId }: Id): Promise<void> {
      await markNoticeFailed(db, noticeId);
    },
  };
}
