/** All side effects of the workflows. Each loads what it needs by id, and does no harm when done twice. */
import type { Config } from '../config.ts';
import type { Db } from '../db/connect.ts';
import { createActivationActivities } from './activation.ts';
import { createInvitationActivities } from './invitation.ts';
import type { Mailer } from './mail/mailer.ts';
import type { Texter } from './sms/texter.ts';
import { createSmsActivities } from './sms.ts';

export type Activities = ReturnType<typeof createActivities>;

export function createActivities({
  db,
  mailer,
  texter,
  config,
}: {
  db: Db;
  mailer: Mailer;
  texter: Texter;
  config: Config;
}) {
  return {
    ...createInvitationActivities({
      db,
      mailer,
      settings: {
        publicUrl: config.PUBLIC_URL,
        helpContact: config.HELP_CONTACT,
        expireAfter: config.EXPIRE_AFTER,
        timeZone: config.TIME_ZONE,
      },
    }),
    ...createSmsActivities({ db, texter, host: config.PUBLIC_URL.host, codeTtl: config.SMS_CODE_TTL }),
    ...createActivationActivities({
      db,
      expireAfter: config.EXPIRE_AFTER,
      tellWhenLaterThan: config.TELL_WHEN_LATER_THAN,
    }),
  };
}
