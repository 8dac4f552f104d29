/** Values that must turn up in mails, SMS and pages only: each personal one holds one of these words, found nowhere else. */

/** In addresses, names and texts. */
export const WORD = 'kwartelstaart';
/** In own passwords, which may not be made of the address. */
export const SECRET_WORD = 'zilverreiger';

/** Mobile numbers of a run, and how they are recognised in either way of writing. No end that the SMS stand-in refuses. */
export const phoneOf = (number: number): string => `+316573${String(number).padStart(4, '0')}9`;
const PHONE = /(?<!\d)(?:(?:\+|00)?316|06)573\d{4}9(?!\d)/;

/** What a secret may be part of, when it is written in one go. */
const RUN = /[A-Za-z0-9_-]{8,}/g;

/** A word in clear (and so URL-encoded), as hex, and as base64, where it has three looks: it may begin anywhere in a group. */
const looksOf = (word: string) => [
  word,
  Buffer.from(word).toString('hex'),
  ...[0, 1, 2].map((shift) => base64From(word, shift)),
];

/** Without the first and last signs, which depend on what stands beside it. */
function base64From(word: string, shift: number): string {
  const coded = Buffer.from(' '.repeat(shift) + word).toString('base64');
  return coded.slice(shift ? 4 : 0, Math.floor((shift + word.length) / 3) * 4);
}

const WORDS = new RegExp([WORD, SECRET_WORD].flatMap(looksOf).join('|'), 'i');

export type Search = {
  /** What of it is in this text; empty when nothing is. */
  foundIn(text: string): string[];
};

/** Looks for the personal values of a run and for these secrets, by what each is, in clear and in the usual codings. */
export function searchFor(secrets: Map<string, string>): Search {
  const coded = new Map<string, string>();
  for (const [secret, what] of secrets)
    for (const form of [
      secret,
      ...(['hex', 'base64', 'base64url'] as const).map((how) => codedAs(secret, how)),
    ])
      coded.set(form, what);
  return {
    foundIn(text) {
      const found = new Set<string>();
      if (WORDS.test(text)) found.add(`a personal value: ${WORDS.exec(text)?.[0]}`);
      if (PHONE.test(text)) found.add('a phone number');
      for (const [run] of text.matchAll(RUN)) {
        const what = coded.get(run);
        if (what) found.add(what);
      }
      return [...found];
    },
  };
}

const codedAs = (text: string, how: 'hex' | 'base64' | 'base64url') =>
  Buffer.from(text).toString(how).replace(/=+$/, '');
