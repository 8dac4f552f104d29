/**
 * Rules for own passwords: length and guessability, no composition rules (NIST SP 800-63B-4 3.1.1.2; ASVS 5.0 6.2).
 * Everything that is wrong is said at once.
 */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { isVisible, lettersAndDigits } from '../../domain/typed.ts';
import { isGuessable } from './guessable.ts';

/** In characters as people count them (code points). */
export const SHORTEST = 12;
export const LONGEST = 128;

export type PasswordProblem =
  | 'unseen'
  | 'too-short'
  | 'too-long'
  | 'common'
  | 'temporary'
  | 'made-of-names'
  | 'not-the-same';

export type PasswordRules = {
  problems(given: {
    password: string;
    again: string;
    /** The typed temporary password. */
    current: string;
    /** The e-mail address, the organisation's and the product's name. */
    names: string[];
  }): PasswordProblem[];
};

/** Shorter words prove nothing: they are in many good passwords. */
const SHORTEST_NAME = 4;
/** A password that holds names is accepted when this much else is in it. */
const REST_BESIDE_NAME = 8;

const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

export function madeOfNames(password: string, names: string[]): boolean {
  const text = plain(password);
  const words = names
    .flatMap((name) => [name, ...name.split(/[@\s.]+/)])
    .map(plain)
    .filter((word) => word.length >= SHORTEST_NAME)
    // The longest first, so that a whole name goes before its parts.
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((left, word) => left.replaceAll(word, ' '), text).replaceAll(' ', '');
  return rest.length < text.length && rest.length < REST_BESIDE_NAME;
}

/** Reads the list of common and leaked passwords that ships with Instap; throws when it is missing (never fails open). */
export async function loadPasswordRules(): Promise<PasswordRules> {
  const file = new URL('./commonPasswords.txt.gz', import.meta.url);
  const common = new Set(
    gunzipSync(await readFile(file))
      .toString()
      .split('\n'),
  );
  return {
    problems(given) {
      const { current, names } = given;
      // As it is hashed and compared: one text has one form, however the keyboard wrote it (NIST SP 800-63B-4 3.1.1.2).
      const password = given.password.normalize('NFC');
      const again = given.again.normalize('NFC');
      const length = [...password].length;
      const simple = lettersAndDigits(password);
      const isCommon = common.has(password) || common.has(password.toLowerCase()) || isGuessable(password);
      return [
        ...(length && !isVisible(password) ? (['unseen'] as const) : []),
        ...(length < SHORTEST ? (['too-short'] as const) : []),
        ...(length > LONGEST ? (['too-long'] as const) : []),
        ...(isCommon && length <= LONGEST ? (['common'] as const) : []),
        ...(simple !== '' && simple === lettersAndDigits(current) ? (['temporary'] as const) : []),
        ...(madeOfNames(password, names) ? (['made-of-names'] as const) : []),
        ...(password !== again ? (['not-the-same'] as const) : []),
      ];
    },
  };
}
