/**
 * Choosing a new password, or setting up the second factor again, with the newest link from a mail. A session opened
 * by a link continues when another one is requested, because anybody can request one. The link alone is not enough: a
 * new password requires the existing second factor, and a new factor requires the person's password (ASVS 6.4.3).
 */
import { removeFactors } from '../../db/appFactor.ts';
import { client } from '../../db/clients.ts';
import { factsOf, type Onboarding, onboardingOf, recordStep } from '../../db/onboardings.ts';
import { resetPassword } from '../../db/passwordReset.ts';
import { person } from '../../db/people.ts';
import {
  type ResetLink,
  type ResetPurpose,
  resetLink,
  resetLinkOfToken,
  useResetLink,
} from '../../db/resetLinks.ts';
import { endOtherSessions, nextTokenOf, type Session, stepUp } from '../../db/sessions.ts';
import { needsPassedOn } from '../../db/temporaryPasswords.ts';
import { openSignIn } from '../../db/wrongFactors.ts';
import { secondFactorSet } from '../../domain/steps.ts';
import { type Ctx, field, fromGuard, pathPart, seeOther, type Web } from '../context.ts';
import { afterFirstClick, replayProof } from '../middleware/duplicateSubmit.ts';
import { formTokenIsRight } from '../middleware/formToken.ts';
import { CONTINUE } from '../middleware/guard.ts';
import { useLocale } from '../middleware/locale.ts';
import { endSession, setSessionCookie, startSession } from '../middleware/session.ts';
import { type NewPasswordRefusal, newPasswordErrors, newPasswordFields } from '../onboarding/newPassword.ts';
import {
  type CurrentRefusal,
  checkCurrent,
  currentError,
  currentField,
  passedOnBy,
} from '../onboarding/temporaryPassword.ts';
import { tellsWho, type Who } from '../route.ts';
import { proving, toFactor } from '../secondFactor/proving.ts';
import type { FactorPurpose } from '../secondFactor/purpose.ts';
import { button, errorSummary, form } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { type Notice, showNotice } from '../ui/notices.ts';
import { WORDS as SHARED } from '../ui/words.ts';
import {
  checkOwnPassword,
  type OwnPasswordRefusal,
  ownPasswordError,
  ownPasswordField,
} from './ownPassword.ts';
import { passwordWasRight } from './passwordAttempts.ts';

const nl = {
  password: {
    title: 'Kies een nieuw wachtwoord',
    text: 'Met deze knop kiest u een nieuw wachtwoord. U krijgt uw codes daarna nog op dezelfde manier: per SMS of uit de app.',
    button: 'Nieuw wachtwoord kiezen',
    save: 'Nieuw wachtwoord opslaan',
    passedOn: (organisation: string) =>
      `Vul ook het tijdelijke wachtwoord in dat u van ${organisation} kreeg. Dat is nodig zolang u nog geen codes per SMS of uit een app krijgt.`,
  },
  factor: {
    title: 'Stel opnieuw in hoe u een code krijgt',
    text: 'Met deze knop en uw eigen wachtwoord kiest u opnieuw hoe u codes krijgt: per SMS of met een app. De oude manier werkt daarna niet meer.',
    button: 'Opnieuw instellen',
    save: 'Opnieuw instellen',
  },
};
const en: typeof nl = {
  password: {
    title: 'Choose a new password',
    text: 'Use this button to choose a new password. You still get your codes by SMS or from the app as before.',
    button: 'Choose a new password',
    save: 'Save new password',
    passedOn: (organisation: string) =>
      `Also enter the temporary password from ${organisation}. You need it until you have set up codes by SMS or from an app.`,
  },
  factor: {
    title: 'Set up codes again',
    text: 'Use this button and your own password to choose again how you get codes: by SMS or from an app. The old way then stops working.',
    button: 'Set up again',
    save: 'Set up again',
  },
};
const WORDS = { nl, en };

const PASSWORD = '/reset/password';
const FACTOR = '/reset/factor';
const PROVE = '/reset/prove';

const NEWER: Record<ResetPurpose, Notice> = { password: 'newerReset', factor: 'newerFactorReset' };

/** The opened link while it works; otherwise the request is answered here. */
export const requireResetLink = tellsWho(async (ctx, web, next) => {
  const link = await resetLinkOfToken(web.db, pathPart(ctx, 'token'));
  if (!link || link.usedAt || link.expired || link.superseded) {
    const isReplaced = link && !link.usedAt && link.superseded;
    return showNotice(ctx, isReplaced ? NEWER[link.purpose] : 'oldReset');
  }
  ctx.state.organisation = (await client(web.db, link.clientId)).name;
  useLocale(ctx, (await person(web.db, link.personId)).locale);
  ctx.state.reset = link;
  await next();
});

/**
 * A session opened by a live link, and what else it has to prove for a new password: the second factor, or a temporary
 * password that a sender passes on while there is no factor.
 */
export type Resetting = {
  session: Session;
  link: ResetLink;
  row: Onboarding;
  factorFirst: boolean;
  passedOn: boolean;
};

async function findResetting(ctx: Ctx, { db }: Web): Promise<Resetting | undefined> {
  const { found } = ctx.state;
  const link = found?.session.resetId ? await resetLink(db, found.session.resetId) : undefined;
  const row = link && (await onboardingOf(db, link.personId));
  if (!found || found.replaced || !link || !row || link.usedAt || link.expired) return undefined;
  if (!row.passwordChangedAt || row.status === 'cancelled') return undefined;
  const factorFirst = link.purpose === 'password' && secondFactorSet(factsOf(row)) && !found.session.factorAt;
  const passedOn = link.purpose === 'password' && needsPassedOn(row);
  return { session: found.session, link, row, factorFirst, passedOn };
}

/** A second click on the button that used the link up goes where the first one went. */
async function afterUse(ctx: Ctx, web: Web): Promise<void> {
  const session = ctx.state.found?.session;
  const again = session && ctx.method === 'POST' && formTokenIsRight(ctx, web, session);
  if (again && (await replayProof(ctx, web, session))) return seeOther(ctx, CONTINUE);
  showNotice(ctx, 'oldReset');
}

/** A session opened by a link for `purpose`. */
const resettingOf = (purpose: ResetPurpose): Who =>
  tellsWho(async (ctx, web, next) => {
    const given = await findResetting(ctx, web);
    if (!given) return afterUse(ctx, web);
    if (given.link.purpose !== purpose) return seeOther(ctx, purpose === 'password' ? FACTOR : PASSWORD);
    ctx.state.resetting = given;
    await next();
  });

export const requireResetting: Record<ResetPurpose, Who> = {
  password: resettingOf('password'),
  factor: resettingOf('factor'),
};

/** A session that has to prove the second factor before choosing a new password. */
export const requireFactorBeforeReset = tellsWho(async (ctx, web, next) => {
  const { found } = ctx.state;
  if (found?.replaced) return afterFirstClick(ctx, web, found.session, PASSWORD);
  const given = await findResetting(ctx, web);
  if (!given) return showNotice(ctx, 'oldReset');
  if (!given.factorFirst) return seeOther(ctx, PASSWORD);
  await next();
});

/** The second factor that has to be proven first. */
export const resetFactor = (web: Web): FactorPurpose =>
  proving(web, {
    path: PROVE,
    name: 'reset',
    onboarding: false,
    afterwards: (ctx) => seeOther(ctx, PASSWORD),
  });

type NewPasswordErrors = { current?: CurrentRefusal; fresh: NewPasswordRefusal[] };

async function showForm(
  ctx: Ctx,
  web: Web,
  { session, link, row, passedOn }: Resetting,
  { current, fresh }: NewPasswordErrors = { fresh: [] },
): Promise<void> {
  // A temporary password that is passed on only works while the invitation is open, so a new invitation comes first.
  if (passedOn && row.status === 'expired') return showNotice(ctx, 'expired');
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const organisation = passedOn ? await passedOnBy(web, row, link.clientId) : undefined;
  const errors = {
    currentPassword: currentError(ctx, current, organisation),
    ...newPasswordErrors(locale, fresh),
  };
  const { email } = await person(web.db, session.personId);
  showPage(ctx, {
    title: words.password.title,
    rejected: Boolean(current) || fresh.length > 0,
    body: html`${errorSummary(ctx, errors)}<h1>${words.password.title}</h1>
${organisation !== undefined && html`<p>${words.password.passedOn(organisation)}</p>`}
<p class="soft">${SHARED[locale].allRequired}</p>
${form(ctx, {
  body: html`${organisation !== undefined && currentField(ctx, organisation, errors)}
${newPasswordFields(ctx, { email, errors, temporary: passedOn })}<div class="actions">${button(words.password.save)}</div>`,
})}`,
  });
}

export function showNewPassword(ctx: Ctx, web: Web): Promise<void> {
  const given = fromGuard(ctx, 'resetting');
  return given.factorFirst ? toFactor(ctx, web, resetFactor(web)) : showForm(ctx, web, given);
}

export async function chooseNewPassword(ctx: Ctx, web: Web): Promise<void> {
  const given = fromGuard(ctx, 'resetting');
  const { session, link, row, factorFirst, passedOn } = given;
  if (factorFirst) return seeOther(ctx, PASSWORD);
  const { email } = await person(web.db, link.personId);
  const chosen = field(ctx, 'newPassword');
  const fresh = web.passwordRules.problems({
    password: chosen,
    again: field(ctx, 'newPasswordAgain'),
    current: passedOn ? field(ctx, 'currentPassword') : '',
    names: [email, ctx.state.organisation ?? '', 'Instap'],
  });
  const current = passedOn ? await checkCurrent(ctx, web, row) : undefined;
  if (current || fresh.length) return showForm(ctx, web, given, { current, fresh });
  const hash = await web.hashing.hash(chosen);
  const token = await resetPassword(web.db, {
    link,
    session,
    onboardingId: row.id,
    hash,
    provesAll: (now) => provesAll(now, given),
  });
  if (token) {
    setSessionCookie(ctx, token);
    await passwordWasRight(ctx, web, email);
  }
  seeOther(ctx, CONTINUE);
}

/** Whether the session has proven everything that a new password requires. */
const provesAll = (row: Onboarding, { session, passedOn }: Resetting): boolean =>
  (passedOn || !needsPassedOn(row)) && (!secondFactorSet(factsOf(row)) || session.factorAt !== null);

function showConfirmForm(ctx: Ctx, refused?: OwnPasswordRefusal): void {
  const words = WORDS[ctx.state.locale];
  const errors = { password: ownPasswordError(ctx, refused) };
  showPage(ctx, {
    title: words.factor.title,
    rejected: Boolean(refused),
    body: html`${errorSummary(ctx, errors)}<h1>${words.factor.title}</h1><p>${words.factor.text}</p>
${form(ctx, {
  body: html`${ownPasswordField(ctx, errors)}
<div class="actions">${button(words.factor.save)}</div>`,
})}`,
  });
}

export const showConfirm = (ctx: Ctx): void => showConfirmForm(ctx);

export async function resetFactors(ctx: Ctx, web: Web): Promise<void> {
  const { session, link } = fromGuard(ctx, 'resetting');
  const { personId } = link;
  const verdict = await checkOwnPassword(ctx, web, await person(web.db, personId));
  if (verdict !== 'right') return showConfirmForm(ctx, verdict);
  const row = (await onboardingOf(web.db, personId))!;
  const { refused } = await recordStep(web.db, { onboarding: row, session }, async (tx) => {
    if (!(await useResetLink(tx, link))) return { refused: 'used' };
    await removeFactors(tx, personId);
    await openSignIn(tx, personId, { by: 'reset' });
    await endOtherSessions(tx, session);
    await stepUp(tx, session, ['password']);
    const facts = { smsVerified: false, smsSkipped: false, appVerified: false, appSkipped: false };
    return { signal: 'factorsReset', event: 'factors.reset', facts };
  });
  if (!refused) setSessionCookie(ctx, nextTokenOf(web.db, session));
  seeOther(ctx, CONTINUE);
}

/** Opening the link changes nothing, because mail scanners open every link. */
export function showReset(ctx: Ctx): void {
  const words = WORDS[ctx.state.locale][fromGuard(ctx, 'reset').purpose];
  showPage(ctx, {
    title: words.title,
    body: html`<h1>${words.title}</h1><p>${words.text}</p>
${form(ctx, { boost: false, body: html`<div class="actions"><button class="primary">${words.button}</button></div>` })}`,
  });
}

export async function openReset(ctx: Ctx, web: Web): Promise<void> {
  const { personId, clientId, id: resetId, purpose } = fromGuard(ctx, 'reset');
  await endSession(ctx, web);
  await startSession(ctx, web, { personId, clientId, resetId, proofs: ['link'] });
  seeOther(ctx, purpose === 'password' ? PASSWORD : FACTOR);
}
