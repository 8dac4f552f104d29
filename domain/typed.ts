/**
 * What people type or paste, read the way they meant it. Phones, mail programs and word processors put in characters
 * that nobody sees, spaces and dashes of other widths, and digits of other scripts.
 */

/** Dashes that Unicode does not count as dash punctuation: minus sign and hyphen bullet. */
const DASH = /[\p{Pd}\u2212\u2043]/gu;
const SPACES = /\p{White_Space}+/gu;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const DIGIT = /\p{Nd}/gu;

/** Decimal digits stand in runs of ten from zero to nine (Unicode, chapter 4.6), so the place in the run is the value. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0)!;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
}

/**
 * For everything that is not prose (codes, temporary passwords, phone numbers, addresses): every run of white space is
 * one space, every dash `-`, every decimal digit its value from 0 to 9; what cannot be seen is gone, white space at both
 * ends, too.
 */
export const cleanTyped = (text: string): string =>
  text
    .normalize('NFC')
    .replace(SPACES, ' ')
    .replace(UNSEEN, '')
    // Again: what stood between two spaces may be gone.
    .replace(SPACES, ' ')
    .replace(DASH, '-')
    .replace(DIGIT, digitValue)
    .trim();

/** What a temporary password is without its groups and without the marks of the text it was copied from. */
export const lettersAndDigits = (text: string): string =>
  cleanTyped(text.normalize('NFKC'))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Looks empty although Unicode calls it a symbol. */
const BRAILLE_BLANK = /\u2800/gu;
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Ends a line, or turns the direction of whatever follows it (Unicode TR9, explicit formatting characters). */
const NOT_IN_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** Whether a person sees anything in it: marks and joiners alone are nothing. */
export const isVisible = (text: string): boolean =>
  SEEN.test(text.replace(UNSEEN, '').replace(BRAILLE_BLANK, ''));

/** Whether it is one line in whole characters: a name or a subject. Joiners and marks inside a name are part of it. */
export const isOneLine = (text: string): boolean => text.isWellFormed() && !NOT_IN_A_LINE.test(text);
