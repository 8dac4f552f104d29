/**
 * Reads what people type or paste the way they meant it. Phones, mail programs and word processors insert invisible
 * characters, unusual spaces and dashes, and digits of other scripts.
 */

/** Two dashes that Unicode does not classify as dash punctuation: the minus sign and the hyphen bullet. */
const DASH = /[\p{Pd}\u2212\u2043]/gu;
const SPACES = /\p{White_Space}+/gu;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const DIGIT = /\p{Nd}/gu;

/**
 * Decimal digits come in runs of ten from zero to nine (Unicode, chapter 4.6), so the position in the run is the
 * value.
 */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0)!;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
}

/**
 * For everything but prose (codes, temporary passwords, phone numbers, addresses): white space becomes one space,
 * dashes become `-`, digits become 0 to 9; invisible characters and white space at both ends are removed.
 */
export const cleanTyped = (text: string): string =>
  text
    .normalize('NFC')
    .replace(SPACES, ' ')
    .replace(UNSEEN, '')
    // Once more, because removing an invisible character can join two spaces.
    .replace(SPACES, ' ')
    .replace(DASH, '-')
    .replace(DIGIT, digitValue)
    .trim();

/** A temporary password without its grouping and without surrounding punctuation. */
export const lettersAndDigits = (text: string): string =>
  cleanTyped(text.normalize('NFKC'))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Looks empty, although Unicode calls it a symbol. */
const BRAILLE_BLANK = /\u2800/gu;
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Characters that end a line or change the writing direction (Unicode TR9, explicit formatting characters). */
const NOT_IN_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** Whether anything in it is visible: marks and joiners by themselves are not. */
export const isVisible = (text: string): boolean =>
  SEEN.test(text.replace(UNSEEN, '').replace(BRAILLE_BLANK, ''));

/**
 * Whether it is a single line of well-formed text, for a name or subject. Joiners and marks are allowed, because names
 * contain them.
 */
export const isOneLine = (text: string): boolean => text.isWellFormed() && !NOT_IN_A_LINE.test(text);
