/** Notifies the owner of a number that it was replaced. */
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
import type { SmsHandover } from './sms/handOver.ts';
import { replacedText } from './sms/replacedText.ts';

type Given = {
  db: Db;
  handOver: SmsHandover;
  host: string;
  timeZone: string;
  helpContact: string;
};

type Id = { noticeId: string };

export function createSecurityNoticeActivities(given: Given) {
  const { db, handOver, host, timeZone, helpContact } = given;

  async function send({ id, personId, phone, at, device }: SecurityNotice): Promise<void> {
    const { locale } = await person(db, personId);
    const text = replacedText({ locale, device, at, timeZone, host, helpContact });
    const sms = { id, to: phone, text, validForS: NOTICE_TRIED_FOR_MS / 1000 };
    await handOver(
      sms,
      { personId, kind: 'number-replaced' },
      { write: (outcome) => ('refused' in outcome ? markNoticeFailed(db, id) : markNoticeSent(db, id)) },
    );
  }

  return {
    async sendSecurityNotice({ noticeId }: Id): Promise<void> {
      const notice = await securityNotice(db, noticeId);
      if (!notice || notice.sentAt || notice.failedAt) return;
      await heartbeating(() => send(notice));
    },

    /** It could not be sent within the retry time. */
    async giveUpSecurityNotice({ noticeId }: Id): Promise<void> {
      await markNoticeFailed(db, noticeId);
    },
  };
}
