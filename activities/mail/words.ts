/** Words that several mails share. Those of a single mail are in its file. */
import type { Locale } from '../../domain/locale.ts';

/** The end of mails that could be forged, or that somebody else could have requested. */
export const NEVER_GIVE_AWAY: Record<Locale, string> = {
  nl: 'Geef uw wachtwoord en codes aan niemand. Wij vragen er nooit om, ook niet per e-mail of telefoon.',
  en: 'Do not give your password or codes to anyone. We never ask for them, by e-mail or by phone.',
};

/** What the person needs to sign in, as part of a sentence. */
export const SIGN_IN_WITH: Record<Locale, string> = {
  nl: 'met uw e-mailadres, uw eigen wachtwoord en een code van uw telefoon',
  en: 'with your e-mail address, your own password and a code from your phone',
};
