/** Pages that explain a situation and what to do next, so that nobody is stuck. */

import type { Step } from '../../domain/steps.ts';
import type { Ctx } from '../context.ts';
import { html } from './html.ts';
import { showPage } from './layout.ts';

type Words = { title: string; text: string; link?: { label: string; path: string } };

const nl = {
  unknown: {
    title: 'We herkennen deze link niet',
    text: 'Misschien is de link niet compleet. Open hem nog eens vanuit de e-mail. Lukt dat niet, vraag dan de organisatie die u het bericht stuurde om de uitnodiging opnieuw te sturen.',
  },
  cancelled: {
    title: 'Deze uitnodiging is gestopt',
    text: 'Vraag de organisatie die u het bericht stuurde hoe u verder kunt. Wat u al hebt gedaan, is bewaard.',
  },
  expired: {
    title: 'Deze uitnodiging is verlopen',
    text: 'Open de link in uw e-mail nog eens. Daar staat een knop om een nieuwe uitnodiging te laten sturen. Wat u al hebt gedaan, is bewaard.',
  },
  stopped: {
    title: 'Dank u, we sturen u niets meer',
    text: 'De uitnodiging is gestopt en het bericht blijft ongelezen. De afzender ziet dat deze uitnodiging niet voor u was. U kunt deze pagina sluiten.',
  },
  renewed: {
    title: 'Er is een nieuwe uitnodiging onderweg',
    text: 'Kijk in uw e-mail, ook in de map met ongewenste e-mail. De uitnodiging gaat naar hetzelfde adres. Hebt u er net al een gekregen, dan kan het 5 minuten duren.',
  },
  noSession: {
    title: 'Open de link in uw e-mail',
    text: 'Voor de veiligheid sluiten we een pagina die u een tijdje niet gebruikt. Open de link in de uitnodiging nog eens: u gaat verder waar u was. Alles wat u al hebt opgeslagen, is bewaard.',
    link: { label: 'Al klaar met instellen? Log in', path: '/sign-in' },
  },
  noCookies: {
    title: 'Uw browser blokkeert cookies',
    text: 'Deze website heeft één cookie nodig om u op elke pagina te herkennen, en gebruikt die nergens anders voor. Sta cookies voor deze website toe in de instellingen van uw browser, meestal bij Privacy, of gebruik een andere browser. Open daarna de link in uw e-mail nog eens, of log opnieuw in.',
    link: { label: 'Inloggen', path: '/sign-in' },
  },
  otherTab: {
    title: 'Deze pagina is verouderd of hoort bij iemand anders',
    text: 'In deze browser is intussen iets veranderd. Misschien heeft iemand anders zich aangemeld. Er is niets opgeslagen. Ga verder op de juiste pagina.',
    link: { label: 'Naar de juiste pagina', path: '/onboarding/continue' },
  },
  helpAsked: {
    title: 'Dank u, we hebben het doorgegeven',
    text: 'De organisatie die u het bericht stuurde, ziet dat het niet lukt en kan contact met u opnemen. Wat u al hebt gedaan, is bewaard. U kunt altijd verdergaan met de link in uw e-mail.',
    link: { label: 'Toch verdergaan', path: '/onboarding/continue' },
  },
  declined: {
    title: 'U bent niet akkoord',
    text: 'U kunt het bericht hier alleen lezen als u akkoord gaat. Er gaat niets verloren: het bericht blijft voor u klaarstaan en u kunt later alsnog akkoord gaan. Wilt u dat niet, vraag dan de organisatie die u het bericht stuurde om het op een andere manier te geven.',
    link: { label: 'Terug naar de voorwaarden', path: '/onboarding/terms' },
  },
  declinedNew: {
    title: 'U bent niet akkoord',
    text: 'U kunt uw berichten hier alleen lezen als u akkoord gaat. Er gaat niets verloren. U kunt later alsnog akkoord gaan.',
    link: { label: 'Terug naar de voorwaarden', path: '/terms' },
  },
  tooMany: {
    title: 'Even wachten',
    text: 'Er komen nu te veel verzoeken van uw netwerk. Wacht een kwartier en probeer het opnieuw. Wat u al had opgeslagen, is bewaard.',
  },
  oldReset: {
    title: 'Deze link werkt niet meer',
    text: 'De link is al gebruikt, te oud of niet compleet. Ging het om uw telefoon of app? Vraag dan de organisatie die u het bericht stuurde om een nieuwe link. Ging het om uw wachtwoord? Dan kunt u hier zelf een nieuwe link aanvragen.',
    link: { label: 'Wachtwoord vergeten', path: '/forgot-password' },
  },
  newerReset: {
    title: 'Er is een nieuwere e-mail',
    text: 'Er is daarna nog een e-mail aangevraagd. Alleen de link in de nieuwste e-mail werkt. Open die e-mail. Kijk ook in de map met ongewenste e-mail. Het kan een paar minuten duren voordat hij er is. Vindt u hem niet? Dan kunt u hier een nieuwe link aanvragen.',
    link: { label: 'Wachtwoord vergeten', path: '/forgot-password' },
  },
  newerFactorReset: {
    title: 'Er is een nieuwere e-mail',
    text: 'Er is daarna nog een e-mail aangevraagd. Alleen de link in de nieuwste e-mail werkt. Open die e-mail. Kijk ook in de map met ongewenste e-mail. Het kan een paar minuten duren voordat hij er is. Vindt u hem niet? Vraag dan de organisatie die u het bericht stuurde om een nieuwe link.',
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
    title: 'U kunt nu geen nieuw wachtwoord kiezen',
    text: 'Er is te vaak achter elkaar een verkeerde code ingevuld. Daarom is dit gesloten. We hebben u daarover een e-mail gestuurd. Vraag om hulp: onderaan deze pagina staat bij wie.',
  },
  notFound: {
    title: 'Pagina niet gevonden',
    text: 'Misschien is het adres niet compleet. Open de link in uw e-mail nog eens, of log in.',
    link: { label: 'Inloggen', path: '/sign-in' },
  },
  overloaded: {
    title: 'Het is nu erg druk',
    text: 'Wacht een paar seconden en probeer het nog eens. Wat u al had opgeslagen, is bewaard.',
  },
  broken: {
    title: 'Er ging iets mis bij ons',
    text: 'Probeer het over een minuut nog eens. Wat u al had opgeslagen, is bewaard.',
  },
  tooLarge: {
    title: 'De tekst is te lang',
    text: 'Er is niets opgeslagen. Ga terug, maak de tekst korter en probeer het opnieuw.',
  },
  forbidden: {
    title: 'Dit formulier kwam van een andere website',
    text: 'Voor de veiligheid is er niets opgeslagen. Open de link in uw e-mail nog eens, of log in.',
    link: { label: 'Inloggen', path: '/sign-in' },
  },
} satisfies Record<string, Words>;

export type Notice = keyof typeof nl;

const en: Record<Notice, Words> = {
  unknown: {
    title: 'We do not recognise this link',
    text: 'The link may be incomplete. Open it again from the e-mail. If that does not work, ask the organisation that sent you the message to send the invitation again.',
  },
  cancelled: {
    title: 'This invitation has been cancelled',
    text: 'Ask the organisation that sent you the message what to do next. What you have already done is saved.',
  },
  expired: {
    title: 'This invitation has expired',
    text: 'Open the link in your e-mail again. The page has a button to send you a new invitation. What you have already done is saved.',
  },
  stopped: {
    title: 'Thank you, we will not e-mail you again',
    text: 'We have stopped the invitation, and the message stays unread. The sender can see that it was not for you. You can close this page.',
  },
  renewed: {
    title: 'A new invitation is on its way',
    text: 'Check your e-mail, including the spam folder. We send the invitation to the same address. If you have just had one, it can take 5 minutes.',
  },
  noSession: {
    title: 'Open the link in your e-mail',
    text: 'We close a page that you have not used for a while, to keep your details safe. Open the link in the invitation again to continue where you stopped. Everything you saved is still there.',
    link: { label: 'Already set up? Sign in', path: '/sign-in' },
  },
  noCookies: {
    title: 'Your browser is blocking cookies',
    text: 'This website needs one cookie to recognise you from page to page, and uses it for nothing else. Allow cookies for this website in your browser settings, usually under Privacy, or use another browser. Then open the link in your e-mail again, or sign in again.',
    link: { label: 'Sign in', path: '/sign-in' },
  },
  otherTab: {
    title: 'This page is out of date, or belongs to somebody else',
    text: 'Something has changed in this browser. For example, somebody else may have signed up. Nothing was saved. Continue on the right page.',
    link: { label: 'Go to the right page', path: '/onboarding/continue' },
  },
  helpAsked: {
    title: 'Thank you, we have told the organisation',
    text: 'The organisation that sent you the message can see that you need help, and can contact you. What you have already done is saved. You can continue at any time with the link in your e-mail.',
    link: { label: 'Continue anyway', path: '/onboarding/continue' },
  },
  declined: {
    title: 'You have not agreed',
    text: 'You cannot read the message here unless you agree. Nothing is lost: the message is kept for you, and you can agree later. If you do not want to, ask the organisation that sent you the message to give it to you in another way.',
    link: { label: 'Back to the terms', path: '/onboarding/terms' },
  },
  declinedNew: {
    title: 'You have not agreed',
    text: 'You cannot read your messages here unless you agree. Nothing is lost, and you can agree later.',
    link: { label: 'Back to the terms', path: '/terms' },
  },
  tooMany: {
    title: 'Please wait',
    text: 'There are too many requests from your network right now. Wait 15 minutes and try again. Everything you saved is still there.',
  },
  oldReset: {
    title: 'This link no longer works',
    text: 'The link has been used, is too old or is incomplete. If it was about your phone or app, ask the organisation that sent you the message for a new link. If it was about your password, you can ask for a new link here.',
    link: { label: 'Forgotten password', path: '/forgot-password' },
  },
  newerReset: {
    title: 'There is a newer e-mail',
    text: 'Another e-mail was requested after this one. Only the link in the newest e-mail works, so open that one. Check the spam folder too. It can take a few minutes to arrive. If you cannot find it, you can ask for a new link here.',
    link: { label: 'Forgotten password', path: '/forgot-password' },
  },
  newerFactorReset: {
    title: 'There is a newer e-mail',
    text: 'Another e-mail was requested after this one. Only the link in the newest e-mail works, so open that one. Check the spam folder too. It can take a few minutes to arrive. If you cannot find it, ask the organisation that sent you the message for a new link.',
  },
  resetSent: {
    title: 'Check your e-mail',
    text: 'If there is an account for this e-mail address, we will send you an e-mail to choose a new password. Check the spam folder too.',
  },
  notFinished: {
    title: 'You have not finished setting up',
    text: 'We have sent you a new e-mail. Use the button in it to continue where you stopped.',
  },
  factorSessionEnded: {
    title: 'We stopped this to keep your account safe',
    text: 'A wrong code was entered too many times in a row. We have sent you an e-mail about it. Start again: sign in, or open the link in your e-mail again.',
    link: { label: 'Sign in', path: '/sign-in' },
  },
  signInClosed: {
    title: 'Sign-in is closed for this account',
    text: 'A wrong code was entered too many times in a row, so nobody can sign in now. To sign in again, choose a new password: we send you an e-mail, and you also enter a code. If that does not work, ask for help. The bottom of this page says who to ask.',
    link: { label: 'Choose a new password', path: '/forgot-password' },
  },
  resetClosed: {
    title: 'You cannot choose a new password now',
    text: 'A wrong code was entered too many times in a row, so this is closed. We have sent you an e-mail about it. Ask for help: the bottom of this page says who to ask.',
  },
  notFound: {
    title: 'Page not found',
    text: 'The address may be incomplete. Open the link in your e-mail again, or sign in.',
    link: { label: 'Sign in', path: '/sign-in' },
  },
  overloaded: {
    title: 'We are busy right now',
    text: 'Wait a few seconds and try again. Everything you saved is still there.',
  },
  broken: {
    title: 'Something went wrong on our side',
    text: 'Try again in a minute. Everything you saved is still there.',
  },
  tooLarge: {
    title: 'The text is too long',
    text: 'Nothing was saved. Go back, make the text shorter and try again.',
  },
  forbidden: {
    title: 'This form came from another website',
    text: 'To keep you safe, nothing was saved. Open the link in your e-mail again, or sign in.',
    link: { label: 'Sign in', path: '/sign-in' },
  },
};

export const WORDS = { nl: nl as Record<Notice, Words>, en };

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
    body: html`<h1 data-notice="${notice}">${title}</h1><p>${text}</p>${link && html`<p><a class="alone" href="${link.path}">${link.label}</a></p>`}`,
  });
}
