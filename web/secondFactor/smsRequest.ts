/** Asking for a code by SMS, and the words for when there is none. */
import type { Locale } from '../../db/people.ts';
import { addSmsCode } from '../../db/smsCodes.ts';
import type { Ctx, Web } from '../context.ts';
import { maySendSms, noSmsLeft } from '../limits.ts';
import { smsRules } from '../smsRules.ts';
import { type CodeRequest, type FactorPurpose, sessionOf } from './purpose.ts';

const WORDS: Record<Locale, { orUseApp: string; noApp: string }> = {
  nl: {
    orUseApp:
      'Vandaag kunnen we geen SMS meer sturen: er zijn er al te veel gestuurd. Gebruik de authenticatie-app, of probeer het morgen opnieuw.',
    noApp:
      'Vandaag kunnen we geen SMS meer sturen: er zijn er al te veel gestuurd. Probeer het morgen opnieuw of vraag om hulp.',
  },
  en: {
    orUseApp:
      'We cannot send any more SMS today: too many have been sent. Use the authenticator app, or try again tomorrow.',
    noApp: 'We cannot send any more SMS today: too many have been sent. Try again tomorrow or ask for help.',
  },
};

/** `canUseApp`: whether the person has the app, or may set it up now. */
export const noMoreCodesToday = (locale: Locale, canUseApp: boolean): string =>
  WORDS[locale][canUseApp ? 'orUseApp' : 'noApp'];

/**
 * Asks for an SMS to `phone`, counted for the network first. Whoever asks again too soon has one already: the page of the
 * code says when it may.
 */
export async function requestCode(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
  phone: string,
): Promise<CodeRequest> {
  const { personId } = sessionOf(ctx);
  const asked = { personId, purpose: purpose.name, phone, rules: smsRules(web.config) };
  const mayAsk = await maySendSms(ctx, web);
  const request = await purpose.recordRequest(ctx, async (tx) =>
    mayAsk ? addSmsCode(tx, asked) : { refused: 'too-many' },
  );
  if (mayAsk && request !== 'requested') await noSmsLeft(ctx, web);
  web.delivery.poke();
  return request;
}
