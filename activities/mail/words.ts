/** Words that more than one mail uses. The words of one mail stand in its file. */
import type { Locale } from '../../domain/locale.ts';

/** Ends the mails that somebody might forge, or that somebody else might have asked for. */
export const NEVER_GIVE_AWAY: Record<Locale, string> = {
  nl: 'Geef uw wachtwoord en codes aan niemand. Wij vragen er nooit om, ook niet per e-mail of telefoon.',
  en: 'Do not give your password or codes to anyone. We never ask for them, by e-mail or by phone.',
};

/** What is needed to sign in, within a sentence. */
export const SIGN_IN_WITH: Record<Locale, string> = {
  nl: 'met uw e-mailadres, uw eigen wachtwoord en een code van uw telefoon',
  en: 'with your e-mail address, your own password and a code from your phone',
};
