/** "I have forgotten my password": mails a link to the address on file, with the same answer for everybody. */
import { addPasswordRequest, askPasswordReset } from '../../db/passwordRequests.ts';
import { normalEmail } from '../../db/people.ts';
import { type Ctx, field, participant, type Web } from '../context.ts';
import type { Guard } from '../route.ts';
import { button, errorSummary, form, inputField } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { showNotice } from '../ui/notices.ts';

const nl = {
  title: 'Wachtwoord vergeten',
  text: 'Vul uw e-mailadres in. U krijgt een e-mail waarmee u een nieuw wachtwoord kiest. U krijgt uw codes daarna nog op dezelfde manier: per SMS of uit de app.',
  email: 'E-mailadres',
  send: 'E-mail versturen',
  noAddress: 'Vul uw hele e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.',
};
const en: typeof nl = {
  title: 'Forgotten password',
  text: 'Enter your e-mail address. We will send you an e-mail to choose a new password. You still get your codes by SMS or from the app as before.',
  email: 'E-mail address',
  send: 'Send e-mail',
  noAddress: 'Enter your full e-mail address, for example name@example.com.',
};
const WORDS = { nl, en };

export const FORGOTTEN_HERE = '/onboarding/continue/forgotten';

function showForm(ctx: Ctx, rejected: boolean): void {
  const words = WORDS[ctx.state.locale];
  const errors = { email: rejected ? words.noAddress : undefined };
  showPage(ctx, {
    title: words.title,
    rejected,
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1><p>${words.text}</p>
${form(ctx, {
  body: html`${inputField(ctx, { name: 'email', label: words.email, type: 'email', value: field(ctx, 'email'), autocomplete: 'username', inputmode: 'email', errors })}
<div class="actions">${button(words.send)}</div>`,
})}`,
  });
}

export const showForgotten = (ctx: Ctx): void => showForm(ctx, false);

/** Without @ it cannot be an address, and saying so reveals nothing. */
export const requireAddress: Guard = async (ctx, _web, next) => {
  if (!addressIn(ctx).includes('@')) return showForm(ctx, true);
  await next();
};

const addressIn = (ctx: Ctx): string => normalEmail(field(ctx, 'email'));

/** Behaves and counts the same for known and unknown addresses, so it does not reveal who has an account. */
export async function askPasswordMail(ctx: Ctx, { db }: Web): Promise<void> {
  await addPasswordRequest(db, addressIn(ctx));
  showNotice(ctx, 'resetSent');
}

/** During onboarding the address is known. */
export async function askPasswordMailHere(ctx: Ctx, { db, config }: Web): Promise<void> {
  const limits = { everyMs: config.INVITE_EVERY, perDay: config.LIMIT_RESETS_PER_DAY };
  await askPasswordReset(db, participant(ctx).person.id, limits);
  showNotice(ctx, 'resetSent');
}
