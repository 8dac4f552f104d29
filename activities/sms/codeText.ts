/** The text of an SMS with a code: what the code is for, in a single part. */
import type { Purpose } from '../../db/smsCodes.ts';
import type { Locale } from '../../domain/locale.ts';
import { asGsm7, cutToSeptets, ONE_PART, septetsOf } from './gsm7.ts';

const nl = {
  isCode: {
    enrol: 'is uw code om uw nummer te bevestigen',
    'sign-in': 'is uw code om in te loggen',
    reset: 'is uw code voor een nieuw wachtwoord',
  },
  at: (organisation: string) => ` bij ${organisation}`,
  never: 'Geef deze code aan niemand.',
};
const en: typeof nl = {
  isCode: {
    enrol: 'is your code to confirm your number',
    'sign-in': 'is your code to sign in',
    reset: 'is your code for a new password',
  },
  at: (organisation) => ` at ${organisation}`,
  never: 'Do not share this code.',
};
const WORDS = { nl, en };

/** A name shortened below this, in septets, is not recognisable. */
const SHORTEST_NAME = 6;

/**
 * The text for the code, with as much of the organisation's name as fits. The last line names `host`, so that phones
 * can offer the code on its pages.
 */
export function codeText(given: {
  code: string;
  purpose: Purpose;
  locale: Locale;
  organisation: string;
  host: string;
}): string {
  const { code, purpose, locale, organisation, host } = given;
  const { isCode, at, never } = WORDS[locale];
  /** `where`: " bij Gemeente Voorbeeld", or empty when no name fits. */
  const text = (where: string) =>
    `${code} ${isCode[purpose]}${where.endsWith('.') ? where : `${where}.`} ${never}\n\n@${host} #${code}`;
  const room = ONE_PART - septetsOf(text(at('')));
  const name = cutToSeptets(asGsm7(organisation), room);
  return text(septetsOf(name) < Math.min(SHORTEST_NAME, organisation.length) ? '' : at(name));
}
