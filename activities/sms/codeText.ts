/** What an SMS says: what its code is for, in one part. */
import type { Purpose } from '../../db/smsCodes.ts';
import type { Locale } from '../../domain/locale.ts';
import { asGsm7, cutToSeptets, ONE_PART, septetsOf } from './gsm7.ts';

/** `at`: " bij Gemeente Voorbeeld.", or the full stop alone where there is no room for a name. */
const TEXT: Record<Locale, Record<Purpose, (code: string, at: string) => string>> = {
  nl: {
    enrol: (code, at) => `${code} is uw code om uw nummer te bevestigen${at} Geef deze code aan niemand.`,
    'sign-in': (code, at) => `${code} is uw code om in te loggen${at} Geef deze code aan niemand.`,
    reset: (code, at) => `${code} is uw code voor een nieuw wachtwoord${at} Geef deze code aan niemand.`,
  },
  en: {
    enrol: (code, at) => `${code} is your code to confirm your number${at} Give this code to nobody.`,
    'sign-in': (code, at) => `${code} is your code to sign in${at} Give this code to nobody.`,
    reset: (code, at) => `${code} is your code for a new password${at} Give this code to nobody.`,
  },
};
const AT: Record<Locale, string> = { nl: ' bij ', en: ' at ' };

/** A name that is cut shorter than this, in septets, says nothing. */
const SHORTEST_NAME = 6;

/**
 * The text for the code, with the organisation's name as far as there is room. Phones fill in the code on pages of `host`,
 * which the last line names.
 */
export function codeText(given: {
  code: string;
  purpose: Purpose;
  locale: Locale;
  organisation: string;
  host: string;
}): string {
  const { code, purpose, locale, organisation, host } = given;
  const withName = (at: string) =>
    `${TEXT[locale][purpose](code, at.endsWith('.') ? at : `${at}.`)}\n\n@${host} #${code}`;
  const room = ONE_PART - septetsOf(withName(AT[locale]));
  const name = cutToSeptets(asGsm7(organisation), room);
  return withName(septetsOf(name) < Math.min(SHORTEST_NAME, organisation.length) ? '' : AT[locale] + name);
}
