/**
 * What pages and mails say, in both languages. A sentence is written out in one test: that of its own page or mail.
 * Every other test takes it from here, so that a better sentence is one change.
 */
import { WORDS as accountOpened } from '../../activities/mail/accountOpened.ts';
import { WORDS as reminder } from '../../activities/mail/reminder.ts';
import { WORDS as ownPassword } from '../../web/account/ownPassword.ts';
import { WORDS as signIn } from '../../web/account/signIn.ts';
import { WORDS as continuing } from '../../web/onboarding/continue.ts';
import { WORDS as finished } from '../../web/onboarding/finished.ts';
import { WORDS as link } from '../../web/onboarding/link.ts';
import { WORDS as newPassword } from '../../web/onboarding/newPassword.ts';
import { WORDS as temporaryPassword } from '../../web/onboarding/temporaryPassword.ts';
import { WORDS as terms } from '../../web/onboarding/terms.ts';
import { WORDS as app } from '../../web/secondFactor/app.ts';
import { WORDS as smsCode } from '../../web/secondFactor/smsCode.ts';
import { WORDS as smsDelivery } from '../../web/secondFactor/smsDelivery.ts';
import { WORDS as smsNumber } from '../../web/secondFactor/smsNumber.ts';
import { WORDS as smsRequest } from '../../web/secondFactor/smsRequest.ts';
import { WORDS as notices } from '../../web/ui/notices.ts';

export const WORDS = {
  accountOpened,
  app,
  continuing,
  finished,
  link,
  newPassword,
  notices,
  ownPassword,
  reminder,
  signIn,
  smsCode,
  smsDelivery,
  smsNumber,
  smsRequest,
  temporaryPassword,
  terms,
};
