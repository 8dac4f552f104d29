/**
 * Rules for people's own passwords: length and guessability, no composition rules (NIST SP 800-63B-4 3.1.1.2; ASVS 5.0
 * 6.2). All errors are shown at once.
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
    /** The e-mail address, the organisation's name and the product's name. */
    names: string[];
  }): PasswordProblem[];
};

/** Shorter names are ignored, because many good passwords contain them. */
const SHORTEST_NAME = 4;
/** A password that contains names is accepted when it has this many other characters. */
const REST_BESIDE_NAME = 8;

const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

export function madeOfNames(password: string, names: string[]): boolean {
  const text = plain(password);
  const words = names
    .flatMap((name) => [name, ...name.split(/[@\s.]+/)])
    .map(plain)
    .filter((word) => word.length >= SHORTEST_NAME)
    // Longest first, so that a whole name is removed before its parts.
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((left, word) => left.replaceAll(word, ' '), text).replaceAll(' ', '');
  return rest.length < text.length && rest.length < REST_BESIDE_NAME;
}

/**
 * Reads the list of common and leaked passwords that ships with Instap; throws when it is missing (it never fails
 * open).
 */
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
      // Normalised, so that a password has one form whatever keyboard typed it (NIST SP 800-63B-4 3.1.1.2).
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
