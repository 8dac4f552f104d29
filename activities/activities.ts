/** All side effects of the workflows. Each activity loads what it needs by id, and can safely run twice. */
import type { MetricMeter } from '@temporalio/common';
import type { Db } from '../db/connect.ts';
import type { Durations } from '../domain/durations.ts';
import type { Config } from '../processes/config.ts';
import { createActivationActivities } from './activation.ts';
import { createClosedSignInActivities } from './closedSignIn.ts';
import { createInvitationActivities } from './invitation.ts';
import type { Mailer } from './mail/mailer.ts';
import { createSendMail } from './mail/sendMail.ts';
import { createNoticeActivities } from './notice.ts';
import { createResetActivities } from './reset.ts';
import { createSecurityNoticeActivities } from './securityNotice.ts';
import { createSendRecords } from './sendRecords.ts';
import { createSmsHandover } from './sms/handOver.ts';
import type { SmsSender } from './sms/smsSender.ts';
import { createSmsActivities } from './sms.ts';

export type Activities = ReturnType<typeof createActivities>;

export function createActivities(given: {
  db: Db;
  mailer: Mailer;
  smsSender: SmsSender;
  config: Config;
  durations: Durations;
  meter: MetricMeter;
}) {
  const { db, mailer, smsSender, config, durations, meter } = given;
  const publicUrl = config.PUBLIC_URL;
  const expireAfter = config.EXPIRE_AFTER;
  const records = createSendRecords(db, meter);
  const sendMail = createSendMail({
    beginTry: records.beginMail,
    mailer,
    publicUrl,
    helpContact: config.HELP_CONTACT,
  });
  const handOver = createSmsHandover({ beginTry: records.begin, smsSender });
  const sms = { db, handOver, host: publicUrl.hostname };
  return {
    ...createInvitationActivities({
      db,
      sendMail,
      settings: { publicUrl, durations },
    }),
    ...createNoticeActivities({ db, sendMail, publicUrl, noticeEvery: config.NOTICE_EVERY }),
    ...createResetActivities({ db, sendMail, publicUrl }),
    ...createClosedSignInActivities({
      db,
      sendMail,
      publicUrl,
      timeZone: config.TIME_ZONE,
      perSession: config.LIMIT_WRONG_FACTORS_PER_SESSION,
    }),
    ...createSmsActivities({ ...sms, codeTtl: config.SMS_CODE_TTL }),
    ...createSecurityNoticeActivities({
      ...sms,
      timeZone: config.TIME_ZONE,
      helpContact: config.HELP_CONTACT,
    }),
    ...createActivationActivities({ db, expireAfter, tellWhenLaterThan: config.TELL_WHEN_LATER_THAN }),
  };
}
