/** Words that more than one page uses. The words of one step stand beside its page. */
import type { Locale } from '../db/people.ts';

const nl = {
  stepOf: (place: number, count: number) => `Stap ${place} van ${count}`,
  problem: 'Er is iets niet goed gegaan',
  error: 'Fout',
  help: 'Hulp nodig?',
  helpDefault: 'Vraag het aan de organisatie die u het bericht stuurde.',
  cannot: 'Dit lukt mij niet',
  language: 'Taal',
  footer: 'Instap: veilig uw vertrouwelijke berichten lezen',
  explain: 'Uitleg',
  skip: 'Overslaan',
  optional: 'niet verplicht',
  allRequired: 'Vul alle velden met een * in.',
  signOut: 'Uitloggen',
  messages: 'Berichten',
  back: 'Terug',
  goOn: 'Verder',
  show: 'Tonen',
  hide: 'Verbergen',
  copy: 'Kopiëren',
  copied: 'Gekopieerd',
  slow: 'De verbinding is verbroken. Wat u invulde staat er nog; probeer het zo nog eens.',
};

const en: typeof nl = {
  stepOf: (place, count) => `Step ${place} of ${count}`,
  problem: 'Something is not right',
  error: 'Error',
  help: 'Need help?',
  helpDefault: 'Ask the organisation that sent you the message.',
  cannot: "I can't do this",
  language: 'Language',
  footer: 'Instap: read your confidential messages safely',
  explain: 'Help',
  skip: 'Skip',
  optional: 'optional',
  allRequired: 'Fill in all fields with a *.',
  signOut: 'Sign out',
  messages: 'Messages',
  back: 'Back',
  goOn: 'Continue',
  show: 'Show',
  hide: 'Hide',
  copy: 'Copy',
  copied: 'Copied',
  slow: 'The connection was lost. What you typed is still there; please try again in a moment.',
};

export const WORDS: Record<Locale, typeof nl> = { nl, en };
