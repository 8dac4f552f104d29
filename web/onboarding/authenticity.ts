/** "Is this e-mail genuine?" Linked from each mail and public. Nothing on it is about a person. */
import type { Ctx, Web } from '../context.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { note } from '../ui/note.ts';

const nl = {
  title: 'Is deze e-mail echt?',
  intro:
    'Organisaties sturen u via Instap vertrouwelijke berichten. U krijgt dan een e-mail van ons. Zo ziet u of die e-mail echt is.',
  sender: '1. Kijk naar de afzender',
  senderText: 'Onze e-mails komen van dit adres:',
  senderName:
    'Bij het adres staat de naam van de organisatie die u schreef. Een naam is makkelijk na te maken. Kijk daarom altijd naar het adres. Klopt het adres, kijk dan ook naar de link.',
  link: '2. Kijk naar de link',
  linkText: 'Elke link in onze e-mails begint precies zo:',
  linkHow: [
    'Op een computer: zet de muis op de knop en klik niet. Onder in het scherm ziet u de link.',
    'Op een telefoon: houd uw vinger op de knop tot u de link ziet.',
    'Staat er na de naam iets anders dan een schuine streep (/)? Dan is de link niet van ons.',
  ],
  page: 'Controleer ook deze pagina. Iemand die een e-mail namaakt, kan ook deze pagina namaken. Kijk in de adresbalk van uw browser of het adres begint zoals hierboven staat.',
  asked: '3. Kijk wat er wordt gevraagd',
  never:
    'Wij vragen nooit om uw wachtwoord of een code, en de organisatie ook niet. Niet per e-mail, niet per telefoon en niet per SMS. Vraagt iemand er toch om? Dan is het bedrog.',
  askedText: (origin: string) =>
    `U vult uw wachtwoord en codes alleen zelf in, op ${origin}. In onze e-mails zit nooit een bijlage. We vragen nooit om geld of om gegevens van uw bank.`,
  temporary:
    'In de uitnodiging kan een tijdelijk wachtwoord staan. Dat is normaal. Het werkt alleen samen met de link, tot u zelf een wachtwoord kiest.',
  doubt: 'Twijfelt u nog?',
  doubtText:
    'Vraag het aan de organisatie die in de e-mail staat. Gebruik een telefoonnummer dat u al kent of zelf opzoekt, en niet een nummer uit de e-mail. U kunt rustig wachten: is de e-mail echt, dan blijft het bericht voor u klaarstaan.',
  contact: (contact: string) => `Ook hier kunt u het vragen: ${contact}`,
  given: 'Hebt u al iets ingevuld op een nagemaakte pagina?',
  givenText: 'Kies dan meteen een nieuw wachtwoord en vertel het de organisatie.',
  newPassword: 'Nieuw wachtwoord kiezen',
};
const en: typeof nl = {
  title: 'Is this e-mail genuine?',
  intro:
    'Organisations send you confidential messages through Instap. You then get an e-mail from us. This is how to check that it is genuine.',
  sender: '1. Look at the sender',
  senderText: 'Our e-mails come from this address:',
  senderName:
    'Next to it is the name of the organisation that wrote to you. A name is easy to fake, so always look at the address. If the address is correct, check the link too.',
  link: '2. Look at the link',
  linkText: 'Every link in our e-mails starts exactly like this:',
  linkHow: [
    'On a computer: hold the mouse over the button without clicking. The link appears at the bottom of the screen.',
    'On a phone: press and hold the button until you see the link.',
    'If anything other than a slash (/) follows the name, the link is not ours.',
  ],
  page: 'Check this page too. Somebody who can fake an e-mail can fake this page. Look at the address bar of your browser: the address must start as shown above.',
  asked: '3. Look at what you are asked for',
  never:
    'We never ask for your password or a code, and neither does the organisation. Not by e-mail, not by phone and not by SMS. If somebody asks for them, it is fraud.',
  askedText: (origin) =>
    `Only you enter your password and codes, at ${origin}. Our e-mails never have an attachment. We never ask for money or bank details.`,
  temporary:
    'The invitation may contain a temporary password. That is normal. It works only together with the link, until you choose your own.',
  doubt: 'Still not sure?',
  doubtText:
    'Ask the organisation that is named in the e-mail. Use a phone number that you already know or look up yourself, not one from the e-mail. There is no hurry: if the e-mail is genuine, the message stays ready for you.',
  contact: (contact) => `You can also ask here: ${contact}`,
  given: 'Have you already entered something on a fake page?',
  givenText: 'Choose a new password straight away, and tell the organisation.',
  newPassword: 'Choose a new password',
};
const WORDS = { nl, en };

/** Each language has a URL that its mails link to; it is one page, which follows the language switch. */
export function showAuthenticity(ctx: Ctx, { config }: Web): void {
  const words = WORDS[ctx.state.locale];
  const { MAIL_FROM, PUBLIC_URL } = config;
  const { helpContact } = ctx.state;
  const { origin } = PUBLIC_URL;
  const address = /<([^>]+)>/.exec(MAIL_FROM)?.[1] ?? MAIL_FROM;
  showPage(ctx, {
    title: words.title,
    body: html`<h1>${words.title}</h1>
<p>${words.intro}</p>
<h2>${words.sender}</h2>
<p>${words.senderText}<br><strong>${address}</strong></p>
<p>${words.senderName}</p>
<h2>${words.link}</h2>
<p>${words.linkText}<br><strong>${origin}/</strong></p>
<ul>${words.linkHow.map((how) => html`<li>${how}</li>`)}</ul>
${note('note', words.page)}
<h2>${words.asked}</h2>
<p><strong>${words.never}</strong></p>
<p>${words.askedText(origin)}</p>
<p>${words.temporary}</p>
<h2>${words.doubt}</h2>
<p>${words.doubtText}${helpContact && html` ${words.contact(helpContact)}`}</p>
<h2>${words.given}</h2>
<p>${words.givenText} <a href="/forgot-password">${words.newPassword}</a></p>`,
  });
}
