/**
 * Who may do what on the way through. A page of a step is shown and posted only by a session that has itself proven
 * everything that is set up by now; who stands elsewhere is sent there.
 */

import { factsOf, onboardingOf } from '../../db/onboardings.ts';
import { person } from '../../db/people.ts';
import { type Session, wasReplaced } from '../../db/sessions.ts';
import type { Facts } from '../../domain/facts.ts';
import { type Step, type StepState, secondFactorSet, steps } from '../../domain/steps.ts';
import { type Ctx, participant, seeOther, type Web } from '../context.ts';
import { type Guard, tellsWho } from '../route.ts';
import { showNotice } from '../ui/notices.ts';
import { replayProof } from './duplicateSubmit.ts';
import { formTokenIsRight } from './formToken.ts';

/** The page of each step. */
export const PATHS: Record<Step, string> = {
  terms: '/onboarding/terms',
  password: '/onboarding/password',
  sms: '/onboarding/sms',
  app: '/onboarding/app',
  profile: '/onboarding/profile',
};

export const FINISHED = '/onboarding/finished';
export const CONTINUE = '/onboarding/continue';

/** Where somebody with these facts goes now. */
export const pathOf = ({ current }: StepState): string =>
  current === 'activate' ? FINISHED : PATHS[current];

/** What this very session has not proven yet, of all that is set up. */
export function missingProof(session: Session, facts: Facts): 'link' | 'password' | 'factor' | undefined {
  if (!session.linkAt) return 'link';
  if (facts.passwordChanged && !session.passwordAt) return 'password';
  if (secondFactorSet(facts) && !session.factorAt) return 'factor';
  return undefined;
}

/** Sends the person to the step that is awaited now. */
export async function toCurrentStep(ctx: Ctx, { db }: Web, personId: string): Promise<void> {
  const row = await onboardingOf(db, personId);
  seeOther(ctx, row ? pathOf(steps(factsOf(row))) : '/');
}

/** The first click did the work: nothing is left to do but to go where it led. */
async function afterSecondClick(ctx: Ctx, web: Web, session: Session): Promise<void> {
  if (ctx.method === 'POST') {
    if (formTokenIsRight(ctx, web, session)) await replayProof(ctx, web, session);
    return toCurrentStep(ctx, web, session.personId);
  }
  // A part of a page that was asked for just before: the page is being replaced anyway.
  if (ctx.get('HX-Request-Type') === 'partial') ctx.status = 204;
  else showNotice(ctx, 'noSession');
}

/** Anybody, with a session or without. */
export const anybody = tellsWho((_ctx, _web, next) => next());

/** A session on the way through, with its person and facts; whatever it has proven. */
export const requireOnboarding = tellsWho(async (ctx, web, next) => {
  const { found } = ctx.state;
  const row = found && (await onboardingOf(web.db, found.session.personId));
  if (!found || !row) return showNotice(ctx, 'noSession');
  if (found.replaced) return afterSecondClick(ctx, web, found.session);
  if (row.status === 'completed') {
    const { passwordAt, factorAt } = found.session;
    if (!passwordAt || !factorAt) return seeOther(ctx, '/sign-in');
    if (!ctx.path.startsWith(FINISHED)) return seeOther(ctx, FINISHED);
  }
  if (row.status === 'expired') return showNotice(ctx, 'expired');
  if (row.status === 'cancelled') return showNotice(ctx, 'cancelled');
  const facts = factsOf(row);
  ctx.state.participant = {
    session: found.session,
    person: await person(web.db, row.personId),
    onboarding: row,
    facts,
    standing: steps(facts),
  };
  await next();
});

/** It has proven everything that is set up; else it is asked for what is missing. */
export const requireProofs: Guard = async (ctx, web, next) => {
  const { session, onboarding, facts } = participant(ctx);
  if (onboarding.status === 'open' && missingProof(session, facts)) {
    // The first of two clicks may have done the work between our look at the session and at the row.
    const second = ctx.method === 'POST' && (await wasReplaced(web.db, session));
    return second ? afterSecondClick(ctx, web, session) : seeOther(ctx, CONTINUE);
  }
  await next();
};

/** It has proven everything but the second factor. */
export const requireFactorMissing: Guard = async (ctx, _web, next) => {
  const { session, facts } = participant(ctx);
  if (missingProof(session, facts) !== 'factor') return seeOther(ctx, CONTINUE);
  await next();
};

const stepIsOpen =
  (step: Step): Guard =>
  async (ctx, _web, next) => {
    const { standing } = participant(ctx);
    if (!standing.open.includes(step)) return seeOther(ctx, pathOf(standing));
    await next();
  };

/** The step is open, else the person is sent to the current one. */
export const requireStep: Record<Step, Guard> = {
  terms: stepIsOpen('terms'),
  password: stepIsOpen('password'),
  sms: stepIsOpen('sms'),
  app: stepIsOpen('app'),
  profile: stepIsOpen('profile'),
};
