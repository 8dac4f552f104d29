/** What the letters are told. */
import type { FactorNotice } from '../../db/wrongFactors.ts';

export type InvitationFacts = {
  organisation: string;
  /** The person or department that wrote. */
  sender: string;
  email: string;
  url: string;
  /** Undefined once an own password is chosen; null when the sender passes it on another way. */
  temporaryPassword: string | null | undefined;
  /** The organisation that passes it on. */
  passedOnBy?: string;
  until: string;
};

/** `passedOnBy`: the temporary password of this organisation is needed, too. */
export type ResetFacts = { organisation: string; url: string; passedOnBy?: string };

/** Wrong codes after the right password, or after the link for a new one. `url`: where a new password is asked for. */
export type WrongFactorFacts = Pick<FactorNotice, 'of' | 'device'> & {
  organisation: string;
  /** How many in a row end a session. */
  tries: number;
  when: string;
  url: string;
};

export type StepName = 'terms' | 'password' | 'sms' | 'app' | 'profile';

/** Those that have a value. */
export const rows = (...all: [string, string | null | undefined][]): [string, string][] =>
  all.flatMap(([label, value]) => (value ? [[label, value]] : []));
