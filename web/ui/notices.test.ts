/** The words of each notice, once; other tests ask which notice a page shows (`notice`, test/kit/webClient.ts). */
import { expect, it } from 'vitest';
import type { Locale } from '../../domain/locale.ts';
import { type Notice, WORDS } from './notices.ts';

const TITLES: Record<Notice, [dutch: string, english: string]> = {
  unknown: ['We herkennen deze link niet', 'We do not recognise this link'],
  cancelled: ['Deze uitnodiging is gestopt', 'This invitation has been cancelled'],
  expired: ['Deze uitnodiging is verlopen', 'This invitation has expired'],
  stopped: ['Dank u, we sturen u niets meer', 'Thank you, we will not e-mail you again'],
  renewed: ['Er is een nieuwe uitnodiging onderweg', 'A new invitation is on its way'],
  noSession: ['Open de link in uw e-mail', 'Open the link in your e-mail'],
  noCookies: ['Uw browser blokkeert cookies', 'Your browser is blocking cookies'],
  otherTab: [
    'Deze pagina is verouderd of hoort bij iemand anders',
    'This page is out of date, or belongs to somebody else',
  ],
  helpAsked: ['Dank u, we hebben het doorgegeven', 'Thank you, we have told the organisation'],
  declined: ['U bent niet akkoord', 'You have not agreed'],
  declinedNew: ['U bent niet akkoord', 'You have not agreed'],
  tooMany: ['Even wachten', 'Please wait'],
  oldReset: ['Deze link werkt niet meer', 'This link no longer works'],
  newerReset: ['Er is een nieuwere e-mail', 'There is a newer e-mail'],
  newerFactorReset: ['Er is een nieuwere e-mail', 'There is a newer e-mail'],
  resetSent: ['Kijk in uw e-mail', 'Check your e-mail'],
  notFinished: ['U bent nog niet klaar met instellen', 'You have not finished setting up'],
  factorSessionEnded: ['Voor de veiligheid is dit gestopt', 'We stopped this to keep your account safe'],
  signInClosed: ['Inloggen is gesloten voor dit account', 'Sign-in is closed for this account'],
  resetClosed: ['U kunt nu geen nieuw wachtwoord kiezen', 'You cannot choose a new password now'],
  notFound: ['Pagina niet gevonden', 'Page not found'],
  overloaded: ['Het is nu erg druk', 'We are busy right now'],
  broken: ['Er ging iets mis bij ons', 'Something went wrong on our side'],
  tooLarge: ['De tekst is te lang', 'The text is too long'],
  forbidden: ['Dit formulier kwam van een andere website', 'This form came from another website'],
};

it.each(Object.entries(TITLES) as [Notice, [string, string]][])('%s has its title', (notice, titles) => {
  expect([WORDS.nl[notice].title, WORDS.en[notice].title]).toEqual(titles);
});

const SAYS: [Notice, Locale, string][] = [
  ['cancelled', 'nl', 'Vraag de organisatie die u het bericht stuurde hoe u verder kunt.'],
  ['cancelled', 'en', 'Ask the organisation that sent you the message what to do next.'],
  ['noSession', 'nl', 'u gaat verder waar u was'],
  ['noSession', 'en', 'continue where you stopped'],
  ['noCookies', 'nl', 'Sta cookies voor deze website toe'],
  ['noCookies', 'en', 'Allow cookies for this website'],
  ['otherTab', 'nl', 'Er is niets opgeslagen.'],
  ['otherTab', 'en', 'Nothing was saved.'],
  ['helpAsked', 'nl', 'ziet dat het niet lukt en kan contact met u opnemen'],
  ['helpAsked', 'en', 'can see that you need help, and can contact you'],
  ['declined', 'nl', 'Er gaat niets verloren'],
  ['declined', 'en', 'Nothing is lost'],
  ['declinedNew', 'nl', 'U kunt uw berichten hier alleen lezen als u akkoord gaat.'],
  ['declinedNew', 'en', 'You cannot read your messages here unless you agree.'],
  ['tooMany', 'nl', 'Wacht een kwartier en probeer het opnieuw.'],
  ['tooMany', 'en', 'Wait 15 minutes and try again.'],
  ['oldReset', 'nl', 'Ging het om uw telefoon of app? Vraag dan de organisatie die u het bericht stuurde'],
  ['oldReset', 'en', 'If it was about your phone or app, ask the organisation that sent you the message'],
  ['newerReset', 'nl', 'Alleen de link in de nieuwste e-mail werkt.'],
  ['newerReset', 'en', 'Only the link in the newest e-mail works'],
  ['newerFactorReset', 'nl', 'Vraag dan de organisatie die u het bericht stuurde om een nieuwe link.'],
  ['newerFactorReset', 'en', 'ask the organisation that sent you the message for a new link'],
  ['overloaded', 'nl', 'Wacht een paar seconden en probeer het nog eens.'],
  ['overloaded', 'en', 'Wait a few seconds and try again.'],
  ['broken', 'nl', 'Probeer het over een minuut nog eens. Wat u al had opgeslagen, is bewaard.'],
  ['broken', 'en', 'Try again in a minute. Everything you saved is still there.'],
];

it.each(SAYS)('%s says in %s what to do: %s', (notice, locale, words) => {
  expect(WORDS[locale][notice].text).toContain(words);
});

it('a new password can be asked for where an old link for one no longer works', () => {
  for (const notice of ['oldReset', 'newerReset', 'signInClosed'] as const)
    for (const locale of ['nl', 'en'] as const)
      expect(WORDS[locale][notice].link?.path, notice).toBe('/forgot-password');
});
