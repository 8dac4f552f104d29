/** Asking for a code by SMS, and the words for when there is none. */
import { type AddedCode, addSmsCode } from '../../db/smsCodes.ts';
import type { Locale } from '../../domain/locale.ts';
import type { Ctx, Web } from '../context.ts';
import { countRefusal } from '../metrics.ts';
import { consumeSmsQuota, noSmsLeft } from '../middleware/limits.ts';
import { smsRules } from '../smsRules.ts';
import { askingOf, type CodeRequest, type FactorPurpose, type NoCode } from './purpose.ts';

const nl = {
  tomorrow:
    'Vandaag kunnen we geen SMS meer sturen: er zijn er al te veel gestuurd. Gebruik de authenticatie-app, of probeer het morgen opnieuw.',
  tomorrowNoApp:
    'Vandaag kunnen we geen SMS meer sturen: er zijn er al te veel gestuurd. Probeer het morgen opnieuw of vraag om hulp.',
  elsewhere:
    'Op andere apparaten is net ook een code aangevraagd. Vul een van die codes daar in, of wacht 5 minuten en probeer het hier opnieuw.',
};
const en: typeof nl = {
  tomorrow:
    'We cannot send any more SMS today: too many have been sent. Use the authenticator app, or try again tomorrow.',
  tomorrowNoApp:
    'We cannot send any more SMS today: too many have been sent. Try again tomorrow or ask for help.',
  elsewhere:
    'Codes have just been requested on other devices. Enter one of those codes there, or wait 5 minutes and try again here.',
};
export const WORDS = { nl, en };

/** Why there is no code. `canUseApp`: whether the person has the app, or may set it up now. */
export function noCodeWords(locale: Locale, why: NoCode, canUseApp: boolean): string {
  if (why === 'asked-elsewhere') return WORDS[locale].elsewhere;
  return WORDS[locale][canUseApp ? 'tomorrow' : 'tomorrowNoApp'];
}

export const isNoCode = (outcome: string): outcome is NoCode =>
  outcome === 'too-many-today' || outcome === 'asked-elsewhere';

/**
 * Requests an SMS to `phone`, counted for the network first. A person who asks too soon already has one; the code page
 * says when the next is possible.
 */
export async function requestCode(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
  phone: string,
): Promise<CodeRequest> {
  const asked = { ...askingOf(ctx, purpose), phone, rules: smsRules(web.config) };
  const mayAsk = await consumeSmsQuota(ctx, web);
  const request = await purpose.recordRequest(ctx, async (tx) => {
    // The network's own counter has told of it.
    if (!mayAsk) return { refused: 'too-many', limit: 'sms-network' };
    const added = await addSmsCode(tx, asked);
    countNoCode(web, added);
    return added;
  });
  if (mayAsk && request !== 'requested') await noSmsLeft(ctx, web);
  return request;
}

/** A wait between two SMS is no limit: the person has a code. */
function countNoCode({ metrics }: Web, added: AddedCode): void {
  if (!('refused' in added) || added.refused === 'wait') return;
  countRefusal(metrics, added.refused === 'elsewhere' ? 'codes-at-once' : added.limit);
}
