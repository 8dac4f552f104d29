/** The password step: the person chooses a password of their own, with the temporary one. */
import { addAppSecret } from '../../db/appFactor.ts';
import { setPasswordHash } from '../../db/people.ts';
import { endOtherSessions, nextTokenOf, stepUpWrite } from '../../db/sessions.ts';
import { dropMailedPasswords } from '../../db/temporaryPasswords.ts';
import { confirmTermsAcceptance } from '../../db/terms.ts';
import { passwordWasRight } from '../account/passwordAttempts.ts';
import { type Ctx, field, participant, seeOther, type Web } from '../context.ts';
import { replayProof } from '../middleware/duplicateSubmit.ts';
import { CONTINUE, takeStep, toCurrentStep } from '../middleware/guard.ts';
import { setSessionCookie } from '../middleware/session.ts';
import { button, errorSummary, form } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { WORDS as SHARED } from '../ui/words.ts';
import { type NewPasswordRefusal, newPasswordErrors, newPasswordFields } from './newPassword.ts';
import {
  type CurrentRefusal,
  checkCurrent,
  currentError,
  currentField,
  passedOnBy,
} from './temporaryPassword.ts';

const nl = {
  title: 'Wachtwoord wijzigen',
  intro: 'In de e-mail staat een tijdelijk wachtwoord. Kies nu een eigen wachtwoord dat alleen u kent.',
  introSender: (organisation: string) =>
    `Van ${organisation} krijgt u een tijdelijk wachtwoord. Kies nu een eigen wachtwoord dat alleen u kent.`,
  save: 'Wachtwoord wijziging opslaan',
};
const en: typeof nl = {
  title: 'Change password',
  intro: 'The e-mail contains a temporary password. Now choose a password of your own that only you know.',
  introSender: (organisation) =>
    `${organisation} gives you a temporary password. Now choose a password of your own that only you know.`,
  save: 'Save new password',
};
const WORDS = { nl, en };

type Refused = { current?: CurrentRefusal; fresh: NewPasswordRefusal[] };

async function showForm(ctx: Ctx, web: Web, { current, fresh }: Refused): Promise<void> {
  const { session, person, onboarding } = participant(ctx);
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const organisation = await passedOnBy(web, onboarding, session.clientId);
  const errors = {
    currentPassword: currentError(ctx, current, organisation),
    ...newPasswordErrors(locale, fresh),
  };
  const fields = html`
${currentField(ctx, organisation, errors)}
${newPasswordFields(ctx, { email: person.email, errors, temporary: true })}
<div class="actions">${button(words.save)}</div>`;
  showPage(ctx, {
    title: words.title,
    step: 'password',
    onboarding: true,
    rejected: Boolean(current) || fresh.length > 0,
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1>
<p>${organisation ? words.introSender(organisation) : words.intro}</p>
<p class="soft">${SHARED[locale].allRequired}</p>
${form(ctx, { body: fields })}`,
  });
}

export const showPassword = (ctx: Ctx, web: Web): Promise<void> => showForm(ctx, web, { fresh: [] });

export async function choosePassword(ctx: Ctx, web: Web): Promise<void> {
  const { session, onboarding, person } = participant(ctx);
  const chosen = field(ctx, 'newPassword');
  const fresh = web.passwordRules.problems({
    password: chosen,
    again: field(ctx, 'newPasswordAgain'),
    current: field(ctx, 'currentPassword'),
    names: [person.email, ctx.state.organisation ?? '', 'Instap'],
  });
  const current = await checkCurrent(ctx, web, onboarding);
  // The first of two clicks may have set the password since the request was read: then no temporary one counts any more.
  if (current === 'current-wrong' && (await replayProof(ctx, web, session))) return seeOther(ctx, CONTINUE);
  if (current || fresh.length) return showForm(ctx, web, { current, fresh });

  const hash = await web.hashing.hash(chosen); // Before any lock: it takes a while.
  const done = await takeStep(ctx, web, async (tx, row) => {
    if (row.passwordChangedAt) return { refused: 'already' };
    return {
      signal: 'passwordChanged',
      event: 'password.changed',
      facts: { passwordChanged: true },
      besides: [
        setPasswordHash(tx, person.id, hash),
        dropMailedPasswords(tx, row.id),
        confirmTermsAcceptance(tx, person.id),
        endOtherSessions(tx, session),
        addAppSecret(tx, person),
        stepUpWrite(tx, session, ['password']),
      ],
      tell: { type: 'onboarding.step_completed', data: { step: 'password' } },
    };
  });
  if (!done.refused) {
    setSessionCookie(ctx, nextTokenOf(web.db, session));
    await passwordWasRight(ctx, web, person.email);
  } else await replayProof(ctx, web, session);
  toCurrentStep(ctx);
}
