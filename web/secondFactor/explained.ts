/** Explanations that the pages of both second factors share. */
import type { Locale } from '../../domain/locale.ts';
import { explanation } from '../ui/form.ts';
import { type Html, html } from '../ui/html.ts';
import { icon } from '../ui/icons.ts';

const nl = {
  title: 'Een betere beveiliging voor vertrouwelijke gegevens',
  short:
    'Naast uw wachtwoord hebt u een code nodig: per SMS of uit een app. Kies er minstens één; allebei is het best.',
  intro:
    'Voor vertrouwelijke berichten is een wachtwoord alleen niet genoeg. Daarom is er een tweede stap: u vult bij het inloggen ook een code in. Er zijn twee manieren om die te krijgen:',
  sms: 'Per SMS. Dat kan op elke mobiele telefoon.',
  app: 'In een authenticatie-app op uw smartphone. Dat is de veiligste manier: een SMS kan in zeldzame gevallen door een ander worden onderschept.',
  both: 'Kies er minstens één. Met allebei kunt u er altijd bij, ook als één ervan een keer niet lukt. Codes ontvangen kost u niets.',
  once: 'U stelt dit maar één keer in. Daarna logt u in met uw e-mailadres, uw eigen wachtwoord en zo’n code.',
  lost: 'Lukt het niet? Vraag om hulp: onderaan deze pagina staat bij wie.',
  more: 'Meer uitleg vindt u hier',
  questions: [
    [
      'Waarom is dit nodig?',
      'Wie uw wachtwoord raadt of steelt, komt er zonder uw telefoon nog steeds niet in.',
    ],
    ['Waarvoor gebruiken we uw nummer?', 'Alleen om u codes te sturen als u inlogt. Nooit voor reclame.'],
    [
      'Wat is een authenticatie-app?',
      'Een gratis app die elke 30 seconden een nieuwe code van zes cijfers toont. Dat werkt ook zonder bereik of internet.',
    ],
    [
      'Hoe kom ik aan zo’n app?',
      'Zoek in de App Store (iPhone) of Play Store (Android) naar Microsoft Authenticator of Google Authenticator. Misschien hebt u er al een, bijvoorbeeld voor uw werk: die kunt u ook gebruiken.',
    ],
    [
      'Wat als ik een nieuwe telefoon krijg?',
      'Hebt u beide manieren ingesteld, dan gebruikt u zolang de andere. Houdt u uw nummer, dan komt de SMS gewoon op uw nieuwe telefoon.',
    ],
    [
      'Wat als ik geen mobiele telefoon heb?',
      'Kies onderaan deze pagina "Dit lukt mij niet". Dan krijgt u hulp.',
    ],
  ],
};
const en: typeof nl = {
  title: 'Better protection for confidential data',
  short:
    'As well as your password you need a code: by SMS or from an app. Choose at least one. Both is best.',
  intro:
    'A password alone is not enough for confidential messages. That is why there is a second step: when you sign in, you also enter a code. There are two ways to get it:',
  sms: 'By SMS. This works on any mobile phone.',
  app: 'In an authenticator app on your smartphone. That is the safer way: in rare cases somebody else can intercept an SMS.',
  both: 'Choose at least one. With both you can always get in, even if one of them stops working for a while. Receiving codes costs you nothing.',
  once: 'You only set this up once. After that you sign in with your e-mail address, your own password and a code.',
  lost: 'If it does not work, ask for help. The bottom of this page says who to ask.',
  more: 'More explanation here',
  questions: [
    [
      'Why is this needed?',
      'Somebody who guesses or steals your password still cannot get in without your phone.',
    ],
    ['What do we use your number for?', 'Only to send you codes when you sign in. Never for advertising.'],
    [
      'What is an authenticator app?',
      'A free app that shows a new six-digit code every 30 seconds. It also works without a signal or internet.',
    ],
    [
      'How do I get such an app?',
      'Look for Microsoft Authenticator or Google Authenticator in the App Store (iPhone) or Play Store (Android). You may have one already, for example for work. You can use that one too.',
    ],
    [
      'What if I get a new phone?',
      'If you have set up both ways, use the other one in the meantime. If you keep your number, the SMS comes to your new phone.',
    ],
    [
      'What if I have no mobile phone?',
      'Choose "I can\'t do this" at the bottom of this page. You will then get help.',
    ],
  ],
};
const WORDS = { nl, en };

export const secondFactorTitle = (locale: Locale): string => WORDS[locale].title;

/** The details. They open in place, so that the field is in the first view of a phone. */
export function secondFactorMore(locale: Locale): Html {
  const { more, intro, sms, app, both, once, questions } = WORDS[locale];
  const body = html`<p>${intro}</p>
<ul class="needs"><li>${icon('sms')}<span>${sms}</span></li><li>${icon('phone')}<span>${app}</span></li></ul>
<p>${both}</p><p>${once}</p>
${questions.map(([question, answer]) => html`<p><strong>${question}</strong><br>${answer}</p>`)}`;
  return explanation({ label: more, body });
}

export const secondFactorShort = (locale: Locale): Html => html`<p>${WORDS[locale].short}</p>`;

/** For a person who has set up a factor and cannot use it now. */
export const secondFactorLost = (locale: Locale): string => WORDS[locale].lost;
