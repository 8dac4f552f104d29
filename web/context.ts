/** What every handler gets. */

import type Koa from 'koa';
import type { Logger } from 'pino';
import type { Account } from '../db/accounts.ts';
import type { Attempts } from '../db/attempts.ts';
import type { Db } from '../db/connect.ts';
import type { Onboarding } from '../db/onboardings.ts';
import type { Person } from '../db/people.ts';
import type { FoundSession, Session } from '../db/sessions.ts';
import type { Facts } from '../domain/facts.ts';
import type { Locale } from '../domain/locale.ts';
import type { StepState } from '../domain/steps.ts';
import type { Config } from '../processes/config.ts';
import type { Hashing } from './account/hashing.ts';
import type { PasswordRules } from './account/passwordRules.ts';
import type { Metrics } from './metrics.ts';
import type { Terms } from './onboarding/termsText.ts';

/** What the pages stand on; made once by processes/web.ts, or by a test. */
export type Web = {
  db: Db;
  config: Config;
  attempts: Attempts;
  hashing: Hashing;
  passwordRules: PasswordRules;
  terms: Terms;
  metrics: Metrics;
  /** Tells whether the engine answers, within a second. */
  engineAnswers: () => Promise<boolean>;
  /** Whether this process takes no new connections any more. */
  stopping: () => boolean;
  log: Logger;
};

/** A person on the way through: put there by `atStep` in guard.ts, once all proofs are there. */
export type Traveller = {
  session: Session;
  person: Person;
  onboarding: Onboarding;
  facts: Facts;
  standing: StepState;
};

export type State = {
  /** Also in the log, and in the header X-Request-Id. */
  requestId: string;
  locale: Locale;
  found?: FoundSession;
  /** When the session ends, for the page that warns of it. */
  ending?: { formToken: string; idleS: number; leftS: number };
  /** The organisation's name, shown on top of the page. */
  organisation?: string;
  traveller?: Traveller;
  /** Whoever is signed in, on the pages behind the sign-in. */
  account?: Account;
};

export type Ctx = Koa.ParameterizedContext<State>;

/** The traveller of a page behind `atStep`. */
export function traveller(ctx: Ctx): Traveller {
  if (!ctx.state.traveller) throw new Error('this page stands outside atStep');
  return ctx.state.traveller;
}

/** A field of the posted form as text, '' when it is missing. */
export function field(ctx: Ctx, name: string): string {
  const value: unknown = (ctx.request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/** 303: what was posted is done (or was done before), the next page is elsewhere. */
export function seeOther(ctx: Ctx, path: string): void {
  ctx.status = 303;
  ctx.redirect(path);
  ctx.status = 303;
}
