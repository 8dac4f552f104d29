/** What every handler gets. */

import type Koa from 'koa';
import type { Logger } from 'pino';
import type { Account } from '../db/accounts.ts';
import type { Attempts } from '../db/attempts.ts';
import type { Client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import type { Onboarding } from '../db/onboardings.ts';
import type { Person } from '../db/people.ts';
import type { ResetLink } from '../db/resetLinks.ts';
import type { FoundSession, Session } from '../db/sessions.ts';
import type { Facts } from '../domain/facts.ts';
import type { Locale } from '../domain/locale.ts';
import type { StepState } from '../domain/steps.ts';
import type { Config } from '../processes/config.ts';
import type { Hashing } from './account/hashing.ts';
import type { PasswordRules } from './account/passwordRules.ts';
import type { Resetting } from './account/reset.ts';
import type { Relation } from './api/recipients.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { OpenedLink } from './onboarding/link.ts';
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
  health: Health;
  /** Tells whether the engine answers, within a second. */
  engineAnswers: () => Promise<boolean>;
  /** Whether this process takes no new connections any more. */
  stopping: () => boolean;
  log: Logger;
};

/** A person on the way through: put there by `requireOnboarding` in guard.ts. */
export type Participant = {
  session: Session;
  person: Person;
  onboarding: Onboarding;
  facts: Facts;
  standing: StepState;
};

/** What the middleware finds out about a request. The last part is each there behind the guard that finds it out. */
export type State = {
  /** Also in the log, and in the header X-Request-Id. */
  requestId: string;
  locale: Locale;
  /** Where people can turn to, on every page; '' when nobody said. */
  helpContact: string;
  found?: FoundSession;
  /** Goes with each form that is shown in this session. */
  formToken?: string;
  /** When the session ends, for the page that warns of it. */
  ending?: { idleS: number; leftS: number };
  /** The organisation's name, shown on top of the page. */
  organisation?: string;

  participant?: Participant;
  /** Of somebody who is signed in. */
  account?: Account;
  /** The invitation in the path. */
  link?: OpenedLink;
  /** The reset in the path. */
  reset?: ResetLink;
  /** The session that such a reset has opened. */
  resetting?: Resetting;
  /** The sender whose key came with the call. */
  client?: Client;
  /** The recipient in the path of a sender's call. */
  relation?: Relation;
};

export type Ctx = Koa.ParameterizedContext<State>;

/** What a guard has put there; its route stands behind that guard in routes.ts. */
export function fromGuard<Name extends keyof State>(ctx: Ctx, name: Name): NonNullable<State[Name]> {
  const value = ctx.state[name];
  if (value === undefined || value === null) throw new Error(`no guard of this route finds "${name}"`);
  return value;
}

/** Behind `requireOnboarding`. */
export const participant = (ctx: Ctx): Participant => fromGuard(ctx, 'participant');

/** The session behind a guard that asks for one. */
export const sessionOf = (ctx: Ctx): Session => fromGuard(ctx, 'found').session;

/** A part of the path, such as `:token`. */
export const pathPart = (ctx: Ctx, name: string): string =>
  (ctx.params as Record<string, string | undefined>)[name] ?? '';

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
