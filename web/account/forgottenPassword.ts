/** "I have forgotten my password": a mail to the address on file, the same answer for everybody. */
import type Router from '@koa/router';
import { transaction } from '../../db/connect.ts';
import { addPasswordRequest, askPasswordReset } from '../../db/passwordRequests.ts';
import { normalEmail } from '../../db/people.ts';
import { type Ctx, field, type State, seeOther, traveller, type Web } from '../context.ts';
import { CONTINUE, travelling } from '../middleware/guard.ts';
import { withinLimit } from '../middleware/limits.ts';
import { button, errorSummary, form, inputField } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { showNotice } from '../ui/notices.ts';

const nl = {
  title: 'Wachtwoord vergeten',
  text: 'Vul uw e-mailadres in. U krijgt een e-mail waarmee u een nieuw wachtwoord kiest. De code per SMS of uit de app blijft zoals u die hebt ingesteld.',
  email: 'E-mailadres',
  send: 'E-mail versturen',
  noAddress: 'Vul uw hele e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.',
};
const en: typeof nl = {
  title: 'Forgotten password',
  text: 'Fill in your e-mail address. You get an e-mail that lets you choose a new password. The code by SMS or from the app stays as you set it up.',
  email: 'E-mail address',
  send: 'Send e-mail',
  noAddress: 'Fill in your whole e-mail address, for example name@example.com.',
};
const WORDS = { nl, en };

const FORGOTTEN = '/forgot-password';
export const FORGOTTEN_HERE = '/onboarding/continue/forgotten';

function showForgotten(ctx: Ctx, web: Web, rejected = false): void {
  const words = WORDS[ctx.state.locale];
  const errors = { email: rejected ? words.noAddress : undefined };
  showPage(ctx, {
    title: words.title,
    rejected,
    helpContact: web.config.HELP_CONTACT,
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1><p>${words.text}</p>
${form(ctx, {
  body: html`${inputField(ctx, { name: 'email', label: words.email, type: 'email', value: field(ctx, 'email'), autocomplete: 'username', inputmode: 'email', errors })}
<div class="actions">${button(words.send)}</div>`,
})}`,
  });
}

export function forgottenPages(router: Router<State>, web: Web): void {
  router.get(FORGOTTEN, (ctx) => showForgotten(ctx, web));
  // Password managers lead people here to change a password (W3C, change-password-url).
  router.get('/.well-known/change-password', (ctx) => seeOther(ctx, FORGOTTEN));

  router.post(FORGOTTEN, async (ctx) => {
    const email = normalEmail(field(ctx, 'email'));
    // Said to anybody, whoever it is: without @ it is nobody's address.
    if (!email.includes('@')) return showForgotten(ctx, web, true);
    // Each one counts, known or not: what is counted would tell who has an account.
    if (!(await withinLimit(ctx, web, 'forgotten-network'))) return;
    await addPasswordRequest(web.db, email);
    showNotice(ctx, web, 'resetSent');
  });

  // Reloaded, or in the other language: the answer to the button has no page of its own.
  router.get(FORGOTTEN_HERE, (ctx) => seeOther(ctx, CONTINUE));

  // On the way through the address is known.
  router.post(FORGOTTEN_HERE, travelling(web, { enough: false }), async (ctx) => {
    const limits = { everyMs: web.config.INVITE_EVERY, perDay: web.config.LIMIT_RESETS_PER_DAY };
    const { id } = traveller(ctx).person;
    await transaction(web.db, (tx) => askPasswordReset(tx, id, limits));
    showNotice(ctx, web, 'resetSent');
  });
}
