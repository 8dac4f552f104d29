/** What the pages of both second factors explain. */
import type { Locale } from '../../db/people.ts';
import { type Html, html } from '../../html.ts';
import { explanation } from '../form.ts';

const nl = {
  title: 'Een betere beveiliging voor vertrouwelijke gegevens',
  intro:
    'Alleen een wachtwoord is niet genoeg voor vertrouwelijke berichten. Daarom is er een tweede stap. Er zijn twee manieren: een code per SMS en een authenticatie-app. Kies er minstens één. Met allebei kunt u er altijd bij, ook als er iets met uw telefoon is.',
  free: 'Codes ontvangen kost u niets. De app is de veiligste van de twee: een SMS kan in zeldzame gevallen door een ander worden onderschept.',
  once: 'Dit instellen doet u één keer. Daarna logt u in met uw e-mailadres, uw eigen wachtwoord en de manier die u hier kiest.',
  more: 'Meer uitleg vindt u hier',
  questions: [
    ['Waarom is dit nodig?', 'Wie uw wachtwoord raadt of steelt, heeft zonder uw telefoon nog steeds niets.'],
    ['Waarvoor wordt mijn nummer gebruikt?', 'Alleen om codes te sturen als u inlogt. Nooit voor reclame.'],
    [
      'Wat is een authenticatie-app?',
      'Een gratis app op uw telefoon die elke 30 seconden een nieuwe code van zes cijfers toont, ook zonder bereik.',
    ],
    [
      'Wat als ik een nieuwe telefoon krijg?',
      'Stel daarom liefst beide manieren in: dan gebruikt u de andere.',
    ],
  ],
};
const en: typeof nl = {
  title: 'Better protection for confidential data',
  intro:
    'A password alone is not enough for confidential messages. That is why there is a second step. There are two ways: a code by SMS and an authenticator app. Choose at least one. With both you can always get in, also when something happens to your phone.',
  free: 'Receiving codes costs you nothing. The app is the safer of the two: in rare cases somebody else can intercept an SMS.',
  once: 'You set this up once. After that you sign in with your e-mail address, your own password and the way you choose here.',
  more: 'You find more explanation here',
  questions: [
    ['Why is this needed?', 'Whoever guesses or steals your password still has nothing without your phone.'],
    ['What is my number used for?', 'Only to send codes when you sign in. Never for advertising.'],
    [
      'What is an authenticator app?',
      'A free app on your phone that shows a new code of six digits every 30 seconds, also without a signal.',
    ],
    ['What if I get a new phone?', 'That is why it is best to set up both ways: then you use the other one.'],
  ],
};
const WORDS = { nl, en };

export const secondFactorTitle = (locale: Locale): string => WORDS[locale].title;

export function secondFactorIntro(locale: Locale): Html {
  const { intro, free, once, more, questions } = WORDS[locale];
  const body = html`${questions.map(([question, answer]) => html`<p><strong>${question}</strong><br>${answer}</p>`)}`;
  return html`<p>${intro}</p><p>${free}</p><p>${once}</p>${explanation({ label: more, body })}`;
}
