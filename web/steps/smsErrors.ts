/** What is wrong with a typed SMS code, in words that say what to do: at the set-up, at sign-in and when going on. */

import type { CodeVerdict } from '../../db/smsCodes.ts';
import type { Locale } from '../../domain/locale.ts';

export type CodeRefusal = Exclude<CodeVerdict, 'right'> | 'missing' | 'not-six' | 'too-many-today';
/** The same refusal for somebody who has no app to fall back on. */
type Worded = CodeRefusal | 'too-many-today-no-app';

const WORDS: Record<Locale, Record<Worded, string>> = {
  nl: {
    missing: 'Vul de code uit de SMS in.',
    'not-six': 'De code heeft zes cijfers. Kijk of er een ontbreekt of te veel is.',
    wrong: 'Deze code is niet juist. Kijk naar de nieuwste SMS en vul de zes cijfers opnieuw in.',
    expired: 'Deze code is verlopen. Laat een nieuwe SMS sturen.',
    'too-many': 'Deze code is te vaak verkeerd ingevuld en telt niet meer. Laat een nieuwe SMS sturen.',
    none: 'Deze code telt niet meer. Laat een nieuwe SMS sturen.',
    'too-many-today':
      'Vandaag kunnen we geen SMS meer sturen: er zijn er al te veel gestuurd. Gebruik de authenticatie-app, of probeer het morgen opnieuw.',
    'too-many-today-no-app':
      'Vandaag kunnen we geen SMS meer sturen: er zijn er al te veel gestuurd. Probeer het morgen opnieuw of vraag om hulp.',
  },
  en: {
    missing: 'Fill in the code from the SMS.',
    'not-six': 'The code has six digits. Check whether one is missing or there is one too many.',
    wrong: 'This code is not correct. Look at the newest SMS and fill in the six digits again.',
    expired: 'This code has expired. Ask for a new SMS.',
    'too-many': 'This code was filled in wrong too often and no longer works. Ask for a new SMS.',
    none: 'This code no longer works. Ask for a new SMS.',
    'too-many-today':
      'We cannot send any more SMS today: too many have been sent. Use the authenticator app, or try again tomorrow.',
    'too-many-today-no-app':
      'We cannot send any more SMS today: too many have been sent. Try again tomorrow or ask for help.',
  },
};

export const codeWords = (locale: Locale, refusal: CodeRefusal, hasApp = true): string =>
  WORDS[locale][refusal === 'too-many-today' && !hasApp ? 'too-many-today-no-app' : refusal];
