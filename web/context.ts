/** What every handler receives. */

import type Koa from 'koa';
import type { Logger } from 'pino';
import type { Account } from '../db/accounts.ts';
import type { Attempts } from '../db/attempts.ts';
import type { Client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import type { Onboarding } from '../db/onboardings.ts';
import type { Person } from '../db/people.ts';
import type { ResetLink } from '../db/resetLinks.ts';
import type { FoundSession, Session, SessionOwner } from '../db/sessions.ts';
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

/** The dependencies of the pages; created once by processes/web.ts, or by a test. */
export type Web = {
  db: Db;
  config: Config;
  attempts: Attempts;
  hashing: Hashing;
  passwordRules: PasswordRules;
  terms: Terms;
  metrics: Metrics;
  health: Health;
  /** Whether Temporal answers within a second. */
  engineAnswers: () => Promise<boolean>;
  /** Whether this process is stopping and accepts no new connections. */
  stopping: () => boolean;
  log: Logger;
};

/** A person during onboarding, set by `requireOnboarding` in guard.ts. */
export type Participant = {
  session: Session;
  person: Person;
  onboarding: Onboarding;
  facts: Facts;
  standing: StepState;
};

/**
 * What middleware and guards find out about a request. The last fields are only set behind the guard that finds them.
 */
export type State = {
  /** Also in the log and in the header X-Request-Id. */
  requestId: string;
  locale: Locale;
  /** Where people can get help, shown on every page; empty when not configured. */
  helpContact: string;
  found?: FoundSession;
  /** Whose session came with the request, as things stood then. */
  owner?: SessionOwner;
  /** Goes with each form that is shown in this session. */
  formToken?: string;
  /** When the session ends, for the page's warning. */
  ending?: { idleS: number; leftS: number };
  /** The organisation's name, shown at the top of the page. */
  organisation?: string;

  participant?: Participant;
  /** The account of the signed-in person. */
  account?: Account;
  /** The invitation in the path. */
  link?: OpenedLink;
  /** The reset link in the path. */
  reset?: ResetLink;
  /** The session that a reset link opened. */
  resetting?: Resetting;
  /** The sender whose key the call carried. */
  client?: Client;
  /** The recipient in the path of an API call. */
  relation?: Relation;
};

export type Ctx = Koa.ParameterizedContext<State>;

/** A value that a guard has set; routes.ts puts the guard before the handler. */
export function fromGuard<Name extends keyof State>(ctx: Ctx, name: Name): NonNullable<State[Name]> {
  const value = ctx.state[name];
  if (value === undefined || value === null) throw new Error(`no guard of this route finds "${name}"`);
  return value;
}

/** Behind `requireOnboarding`. */
export const participant = (ctx: Ctx): Participant => fromGuard(ctx, 'participant');

/** The session, behind a guard that requires one. */
export const sessionOf = (ctx: Ctx): Session => fromGuard(ctx, 'found').session;

/** The person whose session it is, behind a guard that asks for one. */
export const ownerOf = (ctx: Ctx): Person => fromGuard(ctx, 'owner').person;

/** A part of the path, such as `:token`. */
export const pathPart = (ctx: Ctx, name: string): string =>
  (ctx.params as Record<string, string | undefined>)[name] ?? '';

/** A field of the posted form as text, '' when it is missing. */
export function field(ctx: Ctx, name: string): string {
  const value: unknown = (ctx.request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/** 303: the post is done (or was done before), and the next page is at `path`. */
export function seeOther(ctx: Ctx, path: string): void {
  ctx.status = 303;
  ctx.redirect(path);
  ctx.status = 303;
}
