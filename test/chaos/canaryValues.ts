/** Values that may only appear in mails, SMS and pages, and the search for them everywhere else. */
import { CODINGS, type Coding, looksOf } from './codings.ts';
import { multiPatternSearch } from './multiPatternSearch.ts';

/** In addresses, names and texts: found nowhere else. */
export const WORD = 'kwartelstaart';
/** A person's profile. */
export const PROFILE = {
  gender: 'female',
  initials: 'A.',
  firstName: `Anna ${WORD}`,
  lastName: `Jansen ${WORD}`,
  autoReply: 'yes',
  autoReplyText: `Naar de ${WORD}`,
};
/** Part of people's own passwords, which may not resemble the address. */
export const SECRET_WORD = 'zilverreiger';

/** Mobile numbers of a run, without an ending that the SMS stand-in refuses. */
export const phoneOf = (number: number): string => `+31657${30_000 + number}9`;

const A_NUMBER = 'a phone number';
/** Shorter encoded values occur by chance; short digits even more so. */
const SHORTEST_CODED = 8;
const SHORTEST_CODED_NUMBER = 12;

const BETWEEN = String.raw`(?:%20|[\s().+-]){0,3}`;
/** A Dutch number as people and programs write it: +31 6 …, 0031 (0)6…, 06-…; a URL may have a space before it. */
const NUMBER = new RegExp(
  String.raw`(?:(?<!\d)|(?<=%[\da-f]{2}))(?:(?:00${BETWEEN})?31${BETWEEN}(?:0${BETWEEN})?|0${BETWEEN})((?:\d${BETWEEN}){8}\d)(?!\d)`,
  'g',
);

export type CanaryValues = {
  /** Each with a description. At least 6 characters long. */
  values: Map<string, string>;
  /** As +31… */
  numbers: string[];
};

export type Search = {
  /** Descriptions of the values in this text; empty when there are none. */
  foundIn(text: string): string[];
};

/** Searches for all values, plain and in the usual encodings, also within longer text. */
export function searchFor({ values, numbers }: CanaryValues): Search {
  const nationals = new Set(numbers.map((number) => number.slice('+31'.length)));
  const looks = new Map<string, string>();
  for (const [value, what] of values) {
    looks.set(value, what);
    for (const look of looksOf(value)) if (look.length >= SHORTEST_CODED) looks.set(look, what);
  }
  for (const national of nationals)
    for (const written of [`+31${national}`, `31${national}`, `0${national}`, national])
      for (const look of looksOf(written))
        if (look.length >= SHORTEST_CODED_NUMBER && !look.includes(national)) looks.set(look, A_NUMBER);
  const find = multiPatternSearch(looks);
  return {
    foundIn(text) {
      const found = find(text);
      if (hasNumber(text, nationals)) found.add(A_NUMBER);
      return [...found];
    },
  };
}

function hasNumber(text: string, nationals: Set<string>): boolean {
  NUMBER.lastIndex = 0;
  for (let match = NUMBER.exec(text); match; match = NUMBER.exec(text)) {
    if (nationals.has(match[1]!.replace(/%20|\D/g, ''))) return true;
    // The next one may start inside this one.
    NUMBER.lastIndex = match.index + 1;
  }
  return false;
}

/** What the search would miss, trying every kind of value in every encoding. Empty when it misses nothing. */
export function blindSpots(search: Search, { values, numbers }: CanaryValues): string[] {
  const kinds = new Map([...values].map(([value, what]) => [what, value]));
  const [number] = numbers;
  if (number) kinds.set(A_NUMBER, number);
  const tried = [...kinds].flatMap(([what, value]) =>
    (Object.keys(CODINGS) as Coding[]).map((coding) => ({
      name: `${what} in ${coding}`,
      seen: search.foundIn(`{"level":30,"said":"${CODINGS[coding](value)}"}`).includes(what),
    })),
  );
  return tried.filter(({ seen }) => !seen).map(({ name }) => name);
}
