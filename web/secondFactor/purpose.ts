/** The purpose of a second factor: everything in which set-up, sign-in, resuming and reset differ. */
import type { Db } from '../../db/connect.ts';
import type { Check, Factor } from '../../db/factorProofs.ts';
import type { Session } from '../../db/sessions.ts';
import { type AddedCode, type Asking, newestSmsCode, type Purpose, type SmsCode } from '../../db/smsCodes.ts';
import { type Ctx, sessionOf, type Web } from '../context.ts';

/** `not-awaited`: it was already verified, for example by the first of two clicks, or nothing is left to verify. */
export type Outcome<Refusal> =
  | { outcome: 'verified'; token: string }
  | { outcome: Refusal | 'not-awaited'; token?: never };

export type FactorPurpose = {
  /**
   * What a code is for. Set-up has its own wording, shows the full number and needs no guessing limit; each other
   * purpose has its own limit (`Budget`).
   */
  name: Purpose;
  codePath: string;
  tokenPath: string;
  /** Part of the onboarding, so its pages offer "I can't do this". */
  onboarding: boolean;
  /** The number to send a code to; undefined when there is none. */
  phone(ctx: Ctx): Promise<string | undefined>;
  /** Whether the person has this factor, or may set it up now. */
  canUse(ctx: Ctx, factor: Factor): Promise<boolean>;
  /** Adds a code with `add` and records the effects, or that there are none left, in one transaction. */
  recordRequest(ctx: Ctx, add: (tx: Db) => Promise<AddedCode>): Promise<CodeRequest>;
  /**
   * Runs `check` and records the effects of its outcome, in one transaction. A verified factor elevates the session.
   */
  recordCheck<Refusal extends string>(
    ctx: Ctx,
    given: { factor: Factor; check: Check<Refusal> },
  ): Promise<Outcome<Refusal>>;
  /** Called once the factor is verified. */
  afterwards(ctx: Ctx, session: Session): Promise<void> | void;
};

export type NoCode = 'too-many-today' | 'asked-elsewhere';
export type CodeRequest = 'requested' | 'too-soon' | NoCode;

export const CODE_REFUSED = {
  wait: 'too-soon',
  'too-many': 'too-many-today',
  elsewhere: 'asked-elsewhere',
} as const;

/** Who requests a code, for what, and in which session. */
export function askingOf(ctx: Ctx, { name }: FactorPurpose): Asking {
  const { personId, challenge } = sessionOf(ctx);
  return { personId, purpose: name, challenge };
}

/** The newest code requested in this session. */
export const newestCode = (
  ctx: Ctx,
  { db, config }: Web,
  purpose: FactorPurpose,
): Promise<SmsCode | undefined> =>
  newestSmsCode(db, { ...askingOf(ctx, purpose), ttlMs: config.SMS_CODE_TTL });

/** The key of a page's wording: it is the same for every purpose but set-up. */
export const wordsKeyOf = (purpose: Purpose) => (purpose === 'enrol' ? 'enrol' : 'prove');
