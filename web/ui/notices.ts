/** Pages that explain a situation and what to do next, so that nobody is stuck. */

import type { Step } from '../../domain/steps.ts';
import type { Ctx } from '../context.ts';
import { html } from './html.ts';
import { showPage } from './layout.ts';

type Words = { title: string; text: string; link?: { label: string; path: string } };

const nl = {
  unknown: {
    title: 'Deze link kennen we niet',
    text: 'Misschien is de link niet helemaal overgenomen. Open hem nog eens vanuit de e-mail. Lukt dat niet, vraag dan de organisatie die u het bericht stuurde om de uitnodiging opnieuw te sturen.',
  },
  cancelled: {
    title: 'Deze uitnodiging is gestopt',
    text: 'De uitnodiging is ingetrokken. Vraag de organisatie die u het bericht stuurde hoe u verder kunt. Wat u al hebt gedaan, is bewaard.',
  },
  expired: {
    title: 'Deze uitnodiging is verlopen',
    text: 'Open de link in uw e-mail nog eens. Daar kunt u met één knop een nieuwe uitnodiging laten sturen. Wat u al hebt gedaan, is bewaard.',
  },
  stopped: {
    title: 'Dank u, wij sturen u niets meer',
    text: 'De uitnodiging is gestopt en het bericht blijft ongelezen. De afzender ziet dat deze uitnodiging niet voor u was. U kunt deze pagina sluiten.',
  },
  renewed: {
    title: 'Er is een nieuwe uitnodiging onderweg',
    text: 'Kijk in uw e-mail, ook in de map met ongewenste e-mail. De uitnodiging komt op hetzelfde adres. Hebt u er net al een gekregen, dan kan het vijf minuten duren.',
  },
  noSession: {
    title: 'Open de link in uw e-mail',
    text: 'Voor de veiligheid sluiten we een pagina die u een tijd niet gebruikt. Open de link in de uitnodiging nog eens: u gaat verder waar u was. Alles wat u al hebt opgeslagen, is bewaard.',
    link: { label: 'Bent u al klaar met instellen? Log in', path: '/sign-in' },
  },
  noCookies: {
    title: 'Uw browser bewaart geen cookies',
    text: 'Deze website heeft één cookie nodig om u van pagina naar pagina te herkennen, en gebruikt het voor niets anders. Sta cookies voor deze website toe in de instellingen van uw browser, meestal bij Privacy, of neem een andere browser. Open daarna de link in uw e-mail nog eens, of log opnieuw in.',
    link: { label: 'Inloggen', path: '/sign-in' },
  },
  otherTab: {
    title: 'Deze pagina hoort bij iemand anders of is verouderd',
    text: 'In deze browser is intussen iets veranderd, bijvoorbeeld doordat iemand anders zich aanmeldde. Er is niets opgeslagen. Ga verder op de juiste pagina.',
    link: { label: 'Naar de juiste pagina', path: '/onboarding/continue' },
  },
  helpAsked: {
    title: 'Dank u, we hebben het doorgegeven',
    text: 'De organisatie die u het bericht stuurde, ziet dat het niet lukt en kan contact met u opnemen. Wat u al hebt gedaan, is bewaard. U kunt altijd verdergaan met de link in uw e-mail.',
    link: { label: 'Toch verdergaan', path: '/onboarding/continue' },
  },
  declined: {
    title: 'U bent niet akkoord',
    text: 'Zonder akkoord kunt u het bericht hier niet lezen. Er gaat niets verloren: het bericht blijft voor u klaarstaan en u kunt later alsnog akkoord gaan. Wilt u dat niet, vraag dan de organisatie die u het bericht stuurde om het op een andere manier te geven.',
    link: { label: 'Terug naar de voorwaarden', path: '/onboarding/terms' },
  },
  declinedNew: {
    title: 'U bent niet akkoord',
    text: 'Zonder akkoord kunt u uw berichten hier niet lezen. Er gaat niets verloren; u kunt later alsnog akkoord gaan.',
    link: { label: 'Terug naar de voorwaarden', path: '/terms' },
  },
  tooMany: {
    title: 'Even wachten',
    text: 'Vanaf uw netwerk komen nu te veel verzoeken. Wacht een kwartier en probeer het opnieuw. Wat u al had opgeslagen, is bewaard.',
  },
  oldReset: {
    title: 'Deze link werkt niet meer',
    text: 'De link is gebruikt, te oud of niet helemaal overgenomen. Ging het om uw telefoon of app? Vraag dan de organisatie die u het bericht stuurde om een nieuwe link. Ging het om uw wachtwoord? Dan kunt u hier zelf een nieuwe link aanvragen.',
    link: { label: 'Wachtwoord vergeten', path: '/forgot-password' },
  },
  newerReset: {
    title: 'Er is een nieuwere e-mail',
    text: 'Na deze link is er om nog een e-mail gevraagd. Alleen de link in de nieuwste e-mail werkt. Open die e-mail. Kijk ook in de map met ongewenste e-mail. Het kan een paar minuten duren voordat hij er is. Vindt u hem niet? Dan kunt u hier een nieuwe link aanvragen.',
    link: { label: 'Wachtwoord vergeten', path: '/forgot-password' },
  },
  newerFactorReset: {
    title: 'Er is een nieuwere e-mail',
    text: 'Na deze link is er om nog een e-mail gevraagd. Alleen de link in de nieuwste e-mail werkt. Open die e-mail. Kijk ook in de map met ongewenste e-mail. Het kan een paar minuten duren voordat hij er is. Vindt u hem niet? Vraag dan de organisatie die u het bericht stuurde om een nieuwe link.',
  },
  resetSent: {
    title: 'Kijk in uw e-mail',
    text: 'Hoort er bij dit e-mailadres een account, dan krijgt u een e-mail waarmee u een nieuw wachtwoord kiest. Kijk ook in de map met ongewenste e-mail.',
  },
  notFinished: {
    title: 'U bent nog niet klaar met instellen',
    text: 'We hebben u een nieuwe e-mail gestuurd. Met de knop daarin gaat u verder waar u was.',
  },
  factorSessionEnded: {
    title: 'Voor de veiligheid is dit gestopt',
    text: 'Er is te vaak achter elkaar een verkeerde code ingevuld. We hebben u daarover een e-mail gestuurd. Begin opnieuw: log in, of open de link in uw e-mail nog eens.',
    link: { label: 'Inloggen', path: '/sign-in' },
  },
  signInClosed: {
    title: 'Inloggen is gesloten voor dit account',
    text: 'Er is te vaak achter elkaar een verkeerde code ingevuld. Daarom kan nu niemand inloggen. Kies een nieuw wachtwoord: u krijgt een e-mail, en vult ook een code in. Daarna kunt u weer inloggen. Lukt het niet? Vraag om hulp: onderaan deze pagina staat bij wie.',
    link: { label: 'Nieuw wachtwoord kiezen', path: '/forgot-password' },
  },
  resetClosed: {
    title: 'Een nieuw wachtwoord kiezen kan nu niet',
    text: 'Er is te vaak achter elkaar een verkeerde code ingevuld. Daarom is dit gesloten. We hebben u daarover een e-mail gestuurd. Vraag om hulp: onderaan deze pagina staat bij wie.',
  },
  notFound: {
    title: 'Deze pagina is er niet',
    text: 'Misschien is het adres niet helemaal overgenomen. Open de link in uw e-mail nog eens, of log in.',
    link: { label: 'Inloggen', path: '/sign-in' },
  },
  overloaded: {
    title: 'Het is nu even druk',
    text: 'Wacht een paar seconden en probeer het nog eens. Wat u al had opgeslagen, is bewaard.',
  },
  broken: {
    title: 'Er ging iets mis bij ons',
    text: 'Probeer het over een minuut nog eens. Wat u al had opgeslagen, is bewaard.',
  },
  tooLarge: {
    title: 'Dit is te veel tekst',
    text: 'Er is niets opgeslagen. Ga terug, maak de tekst korter en probeer het opnieuw.',
  },
  forbidden: {
    title: 'Dit formulier kwam van een andere website',
    text: 'Voor uw veiligheid is er niets opgeslagen. Open de link in uw e-mail nog eens, of log in.',
    link: { label: 'Inloggen', path: '/sign-in' },
  },
} satisfies Record<string, Words>;

export type Notice = keyof typeof nl;

const en: Record<Notice, Words> = {
  unknown: {
    title: 'We do not know this link',
    text: 'Perhaps the link was not copied completely. Open it again from the e-mail. If that does not work, ask the organisation that sent you the message to send the invitation again.',
  },
  cancelled: {
    title: 'This invitation was stopped',
    text: 'The invitation was withdrawn. Ask the organisation that sent you the message how to go on. What you have already done is saved.',
  },
  expired: {
    title: 'This invitation has expired',
    text: 'Open the link in your e-mail again. There you can have a new invitation sent with one button. What you have already done is saved.',
  },
  stopped: {
    title: 'Thank you, we will not send you anything more',
    text: 'The invitation was stopped and the message stays unread. The sender sees that this invitation was not for you. You can close this page.',
  },
  renewed: {
    title: 'A new invitation is on its way',
    text: 'Look in your e-mail, also in the spam folder. The invitation comes to the same address. If you got one just now, it can take five minutes.',
  },
  noSession: {
    title: 'Open the link in your e-mail',
    text: 'To keep you safe, we close a page that you have not used for some time. Open the link in the invitation again: you go on where you were. Everything you saved is kept.',
    link: { label: 'Have you finished setting up? Sign in', path: '/sign-in' },
  },
  noCookies: {
    title: 'Your browser does not keep cookies',
    text: 'This website needs one cookie to know you from page to page, and uses it for nothing else. Allow cookies for this website in the settings of your browser, mostly under Privacy, or take another browser. Then open the link in your e-mail again, or sign in again.',
    link: { label: 'Sign in', path: '/sign-in' },
  },
  otherTab: {
    title: 'This page belongs to somebody else or is out of date',
    text: 'Something changed in this browser, for example because somebody else signed up. Nothing was saved. Go on with the right page.',
    link: { label: 'To the right page', path: '/onboarding/continue' },
  },
  helpAsked: {
    title: 'Thank you, we have passed it on',
    text: 'The organisation that sent you the message sees that you cannot go on and can contact you. What you have already done is saved. You can always go on with the link in your e-mail.',
    link: { label: 'Go on after all', path: '/onboarding/continue' },
  },
  declined: {
    title: 'You do not agree',
    text: 'Without your agreement you cannot read the message here. Nothing is lost: the message stays ready for you, and you can still agree later. If you do not want to, ask the organisation that sent you the message to give it to you in another way.',
    link: { label: 'Back to the terms', path: '/onboarding/terms' },
  },
  declinedNew: {
    title: 'You do not agree',
    text: 'Without your agreement you cannot read your messages here. Nothing is lost; you can still agree later.',
    link: { label: 'Back to the terms', path: '/terms' },
  },
  tooMany: {
    title: 'Please wait',
    text: 'Too many requests come from your network right now. Wait 15 minutes and try again. What you saved before is kept.',
  },
  oldReset: {
    title: 'This link does not work any more',
    text: 'The link was used, is too old or was not copied completely. Was it about your phone or app? Then ask the organisation that sent you the message for a new link. Was it about your password? Then you can ask for a new link here.',
    link: { label: 'Forgotten password', path: '/forgot-password' },
  },
  newerReset: {
    title: 'There is a newer e-mail',
    text: 'After this link another e-mail was asked for. Only the link in the newest e-mail works. Open that e-mail. Look in the spam folder, too. It can take a few minutes to arrive. Can you not find it? Then you can ask for a new link here.',
    link: { label: 'Forgotten password', path: '/forgot-password' },
  },
  newerFactorReset: {
    title: 'There is a newer e-mail',
    text: 'After this link another e-mail was asked for. Only the link in the newest e-mail works. Open that e-mail. Look in the spam folder, too. It can take a few minutes to arrive. Can you not find it? Then ask the organisation that sent you the message for a new link.',
  },
  resetSent: {
    title: 'Look in your e-mail',
    text: 'If there is an account with this e-mail address, you get an e-mail that lets you choose a new password. Look in the spam folder, too.',
  },
  notFinished: {
    title: 'You have not finished setting up',
    text: 'We have sent you a new e-mail. The button in it takes you to where you were.',
  },
  factorSessionEnded: {
    title: 'This was stopped to keep you safe',
    text: 'A wrong code was entered too often in a row. We sent you an e-mail about it. Start again: sign in, or open the link in your e-mail once more.',
    link: { label: 'Sign in', path: '/sign-in' },
  },
  signInClosed: {
    title: 'Sign-in is closed for this account',
    text: 'A wrong code was entered too often in a row. Nobody can sign in now. Choose a new password: you get an e-mail, and also enter a code. Then you can sign in again. Does it not work? Ask for help: the bottom of this page says whom.',
    link: { label: 'Choose a new password', path: '/forgot-password' },
  },
  resetClosed: {
    title: 'A new password cannot be chosen now',
    text: 'A wrong code was entered too often in a row, so this is closed. We sent you an e-mail about it. Ask for help: the bottom of this page says whom.',
  },
  notFound: {
    title: 'This page does not exist',
    text: 'Perhaps the address was not copied completely. Open the link in your e-mail again, or sign in.',
    link: { label: 'Sign in', path: '/sign-in' },
  },
  overloaded: {
    title: 'It is busy right now',
    text: 'Wait a few seconds and try again. What you saved before is kept.',
  },
  broken: {
    title: 'Something went wrong on our side',
    text: 'Try again in a minute. What you saved before is kept.',
  },
  tooLarge: {
    title: 'This is too much text',
    text: 'Nothing was saved. Go back, make the text shorter and try again.',
  },
  forbidden: {
    title: 'This form came from another website',
    text: 'To keep you safe nothing was saved. Open the link in your e-mail again, or sign in.',
    link: { label: 'Sign in', path: '/sign-in' },
  },
};

const WORDS = { nl: nl as Record<Notice, Words>, en };

/** The status for programs; people read the page. */
const STATUS: Partial<Record<Notice, number>> = {
  unknown: 404,
  notFound: 404,
  noSession: 401,
  noCookies: 401,
  otherTab: 409,
  tooLarge: 413,
  tooMany: 429,
  overloaded: 503,
  broken: 500,
  forbidden: 403,
  factorSessionEnded: 403,
  signInClosed: 403,
  resetClosed: 403,
};

/** Notices during onboarding: with "I can't do this", and their step. */
const ON_THE_WAY: Partial<Record<Notice, { onboarding: true; step?: Step }>> = {
  declined: { onboarding: true, step: 'terms' },
  helpAsked: { onboarding: true },
};

/** A whole page with a single message. */
export function showNotice(ctx: Ctx, notice: Notice): void {
  const { title, text, link } = WORDS[ctx.state.locale][notice];
  ctx.status = STATUS[notice] ?? 200;
  showPage(ctx, {
    title,
    ...ON_THE_WAY[notice],
    body: html`<h1>${title}</h1><p>${text}</p>${link && html`<p><a class="alone" href="${link.path}">${link.label}</a></p>`}`,
  });
}
