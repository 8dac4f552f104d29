/**
 * Access during onboarding. A step's page is only shown to, and posted by, a session that has itself proven everything
 * set up so far; people at another step are redirected to it.
 */

import { factsOf, type Recorded, recordStep } from '../../db/onboardings.ts';
import type { Session } from '../../db/sessions.ts';
import type { Facts } from '../../domain/facts.ts';
import { type Step, type StepState, secondFactorSet, steps } from '../../domain/steps.ts';
import { type Ctx, fromGuard, participant, seeOther, type Web } from '../context.ts';
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

/** The page of the current step. */
export const pathOf = ({ current }: StepState): string =>
  current === 'activate' ? FINISHED : PATHS[current];

/** What this session has not proven yet, of everything that is set up. */
export function missingProof(session: Session, facts: Facts): 'link' | 'password' | 'factor' | undefined {
  if (!session.linkAt) return 'link';
  if (facts.passwordChanged && !session.passwordAt) return 'password';
  if (secondFactorSet(facts) && !session.factorAt) return 'factor';
  return undefined;
}

/** Sends the person of the session to the step that is awaited now. */
export function toCurrentStep(ctx: Ctx): void {
  seeOther(ctx, pathOf(steps(factsOf(fromGuard(ctx, 'owner').onboarding))));
}

/** A step of the person in this session: `decide` as in `recordStep`. What it wrote is what the request knows from here on. */
export async function takeStep<R extends string>(
  ctx: Ctx,
  { db }: Web,
  decide: Parameters<typeof recordStep<R>>[2],
): Promise<Recorded<R>> {
  const { session, onboarding } = participant(ctx);
  const recorded = await recordStep(db, { onboarding, session }, decide);
  fromGuard(ctx, 'owner').onboarding = recorded.row;
  return recorded;
}

/** The first click did the work, so this only redirects to where that one led. */
async function afterSecondClick(ctx: Ctx, web: Web, session: Session): Promise<void> {
  if (ctx.method === 'POST') {
    if (formTokenIsRight(ctx, web, session)) await replayProof(ctx, web, session);
    return toCurrentStep(ctx);
  }
  // A partial update of a page that is being replaced anyway.
  if (ctx.get('HX-Request-Type') === 'partial') ctx.status = 204;
  else showNotice(ctx, 'noSession');
}

/** Everybody, with or without a session. */
export const anybody = tellsWho((_ctx, _web, next) => next());

/** An onboarding session with its person and facts, whatever it has proven. */
export const requireOnboarding = tellsWho(async (ctx, web, next) => {
  const { found, owner } = ctx.state;
  if (!found || !owner) return showNotice(ctx, 'noSession');
  const { person, onboarding: row } = owner;
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
    person,
    onboarding: row,
    facts,
    standing: steps(facts),
  };
  await next();
});

/** It has proven everything that is set up; else it is asked for what is missing. */
export const requireProofs: Guard = async (ctx, _web, next) => {
  const { session, onboarding, facts } = participant(ctx);
  if (onboarding.status === 'open' && missingProof(session, facts)) return seeOther(ctx, CONTINUE);
  await next();
};

/** The session has proven everything but the second factor. */
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

/** The step is open; otherwise the person is redirected to the current one. */
export const requireStep: Record<Step, Guard> = {
  terms: stepIsOpen('terms'),
  password: stepIsOpen('password'),
  sms: stepIsOpen('sms'),
  app: stepIsOpen('app'),
  profile: stepIsOpen('profile'),
};
