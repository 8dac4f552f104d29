/** What a second factor is asked for: all in which setting it up, signing in, going on elsewhere and a reset differ. */
import type { Db } from '../../db/connect.ts';
import type { Check, Factor } from '../../db/factorProofs.ts';
import type { Session } from '../../db/sessions.ts';
import { type AddedCode, type Asking, newestSmsCode, type Purpose, type SmsCode } from '../../db/smsCodes.ts';
import { type Ctx, sessionOf, type Web } from '../context.ts';

/** `not-awaited`: it was verified before, as by the first of two clicks, or there is nothing to verify any more. */
export type Outcome<Refusal> =
  | { outcome: 'verified'; token: string }
  | { outcome: Refusal | 'not-awaited'; token?: never };

export type FactorPurpose = {
  /**
   * What a code is for. Whoever sets a factor up sees other words, and the number in full, and has nothing to guess; of
   * the others each has tries of its own (`Budget`).
   */
  name: Purpose;
  codePath: string;
  tokenPath: string;
  /** On the pages of the onboarding: with "I can't do this". */
  onboarding: boolean;
  /** The number that a code goes to; undefined when there is none. */
  phone(ctx: Ctx): Promise<string | undefined>;
  /** Whether the person has this factor, or may set it up now. */
  canUse(ctx: Ctx, factor: Factor): Promise<boolean>;
  /** Adds a code by `add` and writes what follows, or that there are none left, in one transaction. */
  recordRequest(ctx: Ctx, add: (tx: Db) => Promise<AddedCode>): Promise<CodeRequest>;
  /** Runs `check`, and writes what follows from its verdict, in one transaction. A verified factor raises the session. */
  recordCheck<Refusal extends string>(
    ctx: Ctx,
    given: { factor: Factor; check: Check<Refusal> },
  ): Promise<Outcome<Refusal>>;
  /** Once the factor is verified. */
  afterwards(ctx: Ctx, session: Session): Promise<void> | void;
};

export type NoCode = 'too-many-today' | 'asked-elsewhere';
export type CodeRequest = 'requested' | 'too-soon' | NoCode;

export const CODE_REFUSED = {
  wait: 'too-soon',
  'too-many': 'too-many-today',
  elsewhere: 'asked-elsewhere',
} as const;

/** Who asks for a code, for what, and in which session. */
export function askingOf(ctx: Ctx, { name }: FactorPurpose): Asking {
  const { personId, challenge } = sessionOf(ctx);
  return { personId, purpose: name, challenge };
}

/** The newest code that was asked for in this session. */
export const newestCode = (
  ctx: Ctx,
  { db, config }: Web,
  purpose: FactorPurpose,
): Promise<SmsCode | undefined> =>
  newestSmsCode(db, { ...askingOf(ctx, purpose), ttlMs: config.SMS_CODE_TTL });

/** Under which the words of a page stand: whoever proves a factor reads the same, whatever for. */
export const wordsKeyOf = (purpose: Purpose) => (purpose === 'enrol' ? 'enrol' : 'prove');
