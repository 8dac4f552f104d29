/** Signing in: e-mail address and password, then the second factor, then the page the person wanted. */
import { randomUUID } from 'node:crypto';
import { onboardingOf } from '../../db/onboardings.ts';
import { findAccount, normalEmail, setPasswordHash } from '../../db/people.ts';
import { askInvitation } from '../../db/relations.ts';
import { isUuid } from '../../db/uuid.ts';
import { isVisible } from '../../domain/typed.ts';
import { type Ctx, field, seeOther, type Web } from '../context.ts';
import { readCookie, setCookie } from '../middleware/cookies.ts';
import { afterFirstClick } from '../middleware/duplicateSubmit.ts';
import { tellToWait } from '../middleware/limits.ts';
import { endSession, startSession } from '../middleware/session.ts';
import { tellsWho } from '../route.ts';
import { proving, toFactor } from '../secondFactor/proving.ts';
import type { FactorPurpose } from '../secondFactor/purpose.ts';
import { button, errorSummary, form, inputField } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { showNotice } from '../ui/notices.ts';
import { type TooMany, trySignIn } from './passwordAttempts.ts';

const nl = {
  title: 'Inloggen',
  email: 'E-mailadres',
  password: 'Wachtwoord',
  signIn: 'Inloggen',
  forgotten: 'Wachtwoord vergeten?',
  first: 'Nog nooit ingelogd? Open de link in de e-mail die u hebt gekregen.',
  errors: {
    email: 'Vul uw e-mailadres in.',
    password: 'Vul uw wachtwoord in.',
    wrong: 'Het e-mailadres of het wachtwoord is niet juist. Controleer ze allebei en probeer het opnieuw.',
    'too-many': 'Er is te vaak geprobeerd in te loggen. Wacht een kwartier en probeer het opnieuw.',
    'too-many-elsewhere':
      'Op een ander apparaat is te vaak geprobeerd in te loggen met dit e-mailadres. Wacht een kwartier en probeer het opnieuw. Of kies "Wachtwoord vergeten?": met de e-mail die u dan krijgt, kunt u meteen verder.',
  },
};
const en: typeof nl = {
  title: 'Sign in',
  email: 'E-mail address',
  password: 'Password',
  signIn: 'Sign in',
  forgotten: 'Forgotten your password?',
  first: 'Never signed in before? Open the link in the e-mail we sent you.',
  errors: {
    email: 'Enter your e-mail address.',
    password: 'Enter your password.',
    wrong: 'The e-mail address or the password is not correct. Check both and try again.',
    'too-many': 'There were too many attempts to sign in. Wait 15 minutes and try again.',
    'too-many-elsewhere':
      'There were too many attempts to sign in with this e-mail address on another device. Wait 15 minutes and try again. Or choose "Forgotten your password?" and use the e-mail we send you to continue straight away.',
  },
};
export const WORDS = { nl, en };

const SIGN_IN = '/sign-in';
/** The page the person wanted, kept while the factor is being proven. */
const GOING_TO = 'going-to';

/** No address is longer (RFC 5321, 4.5.3.1.3). */
const LONGEST_EMAIL = 254;

/** Sent with the form, so that two clicks on its button request one code. */
const CHALLENGE = 'challenge';
const challengeOf = (ctx: Ctx): string => {
  const posted = field(ctx, CHALLENGE);
  return isUuid(posted) ? posted : randomUUID();
};

const isMessagePath = (path: string) => /^\/messages(\/[0-9a-f-]{36})?$/.test(path);

type Refusal = 'wrong' | 'missing' | TooMany;

function showForm(ctx: Ctx, refused?: Refusal): void {
  const words = WORDS[ctx.state.locale];
  const missing = (name: 'email' | 'password') =>
    isVisible(field(ctx, name)) ? undefined : words.errors[name];
  const errors =
    refused === 'missing'
      ? { email: missing('email'), password: missing('password') }
      : { email: refused && words.errors[refused] };
  showPage(ctx, {
    title: words.title,
    rejected: Boolean(refused),
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1>
${form(ctx, {
  body: html`<input type="hidden" name="${CHALLENGE}" value="${challengeOf(ctx)}">
${inputField(ctx, { name: 'email', label: words.email, type: 'email', value: field(ctx, 'email'), autocomplete: 'username', inputmode: 'email', errors })}
${inputField(ctx, { name: 'password', label: words.password, type: 'password', autocomplete: 'current-password', reveal: true, errors })}
<div class="actions">${button(words.signIn)}</div>`,
})}
<div class="actions"><a class="secondary" href="/forgot-password">${words.forgotten}</a></div>
<p class="soft">${words.first}</p>`,
  });
}

export const showSignIn = (ctx: Ctx): void => showForm(ctx);

/** The second factor at sign-in. */
export const signInFactor = (web: Web): FactorPurpose =>
  proving(web, {
    path: SIGN_IN,
    name: 'sign-in',
    onboarding: false,
    afterwards: (ctx) => {
      const path = readCookie(ctx, GOING_TO) ?? '';
      seeOther(ctx, isMessagePath(path) ? path : '/messages');
    },
  });

export async function signIn(ctx: Ctx, web: Web): Promise<void> {
  const { db } = web;
  const email = normalEmail(field(ctx, 'email')).slice(0, LONGEST_EMAIL);
  const typed = field(ctx, 'password');
  if (!email || !isVisible(typed)) return showForm(ctx, 'missing');
  // It cannot be an address, so it reveals nothing and needs no counting.
  if (!email.includes('@')) return showForm(ctx, 'wrong');
  const person = await findAccount(db, email);
  const verdict = await trySignIn(ctx, web, {
    personId: person?.id,
    email,
    hash: person?.passwordHash,
    typed,
  });
  if (typeof verdict === 'object') return tellToWait(ctx, verdict.waitS);
  if (!person || verdict !== 'right') return showForm(ctx, verdict === 'right' ? 'wrong' : verdict);
  const row = await onboardingOf(db, person.id);
  if (row?.status !== 'completed') {
    if (row?.status === 'cancelled' && !row.shouldRun) return showNotice(ctx, 'cancelled');
    if (row) await askInvitation(db, row.id, web.config.INVITE_EVERY);
    return showNotice(ctx, 'notFinished');
  }
  if (person.passwordHash && web.hashing.needsRehash(person.passwordHash))
    await setPasswordHash(db, person.id, await web.hashing.hash(typed));
  await endSession(ctx, web);
  await startSession(ctx, web, {
    personId: person.id,
    clientId: row.clientId,
    challenge: challengeOf(ctx),
    proofs: ['password'],
  });
  await toFactor(ctx, web, signInFactor(web));
}

/** A session of an open account that has proven the password but not the factor. */
export const requireHalfSignedIn = tellsWho(async (ctx, web, next) => {
  const { found } = ctx.state;
  if (found?.replaced) return afterFirstClick(ctx, web, found.session, '/messages');
  if (!found?.session.passwordAt) return seeOther(ctx, SIGN_IN);
  if (found.session.factorAt) return seeOther(ctx, '/messages');
  const row = await onboardingOf(web.db, found.session.personId);
  if (row?.status !== 'completed') return seeOther(ctx, SIGN_IN);
  await next();
});

/** Remembers the page that somebody wanted who has to sign in first. */
export function askSignIn(ctx: Ctx): void {
  if (isMessagePath(ctx.path)) setCookie(ctx, GOING_TO, ctx.path);
  seeOther(ctx, SIGN_IN);
}
