/**
 * What people choose when a password must be long: a common Dutch or English word followed by a year, a row of keys or
 * punctuation. Phrases of several ordinary words are allowed.
 */

/** Words that are frequent in lists of leaked passwords, and those of the calendar. */
const WORDS = (
  'wachtwoord password passwort paswoord passcode welkom welcome geheim secret hallo hello admin administrator login ' +
  'inloggen toegang access gebruiker user computer laptop internet telefoon mijn test tester letmein iloveyou ' +
  'ikhouvanjou lief liefde schatje sunshine princess prinses monkey dragon draak football voetbal master zonnetje ' +
  'amsterdam rotterdam utrecht denhaag eindhoven nederland holland belgie antwerpen ajax feyenoord oranje default ' +
  'changeme veranderen nieuw bedrijf company kantoor office zomer winter herfst lente voorjaar najaar summer autumn ' +
  'spring januari februari maart april juni juli augustus september oktober november december january february ' +
  'march june july august october maandag dinsdag woensdag donderdag vrijdag zaterdag zondag monday tuesday ' +
  'wednesday thursday friday saturday sunday kerst kerstmis christmas vakantie holiday'
)
  .split(' ')
  // Longest first, so that a whole word is removed before its parts.
  .sort((a, b) => b.length - a.length);

const ROWS = [
  'qwertyuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
];
/** Every run of four keys along a keyboard row, in both directions. */
const RUNS = new Set(
  ROWS.flatMap((row) => [row, [...row].reverse().join('')]).flatMap((row) =>
    [...row].slice(3).map((_sign, at) => row.slice(at, at + 4)),
  ),
);

/** Common substitutions for letters. */
const INSTEAD: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
};

/** A password with at least this many common words is a phrase. */
const WORDS_IN_PHRASE = 3;
/** A password with a common word is accepted when it has this many other characters. */
const REST_BESIDE_WORD = 8;
const LONGEST_UNIT = 6;

const GONE = ' ';

function withoutRuns(text: string): string {
  let left = '';
  for (let at = 0; at < text.length; ) {
    let end = RUNS.has(text.slice(at, at + 4)) ? at + 4 : at;
    while (end > at && RUNS.has(text.slice(end - 3, end + 1))) end++;
    left += end > at ? GONE : text[at];
    at = Math.max(end, at + 1);
  }
  return left;
}

/**
 * How many different words of the list it contains, and what is left without them, with each repeated character once.
 */
function besideWords(text: string): { found: number; rest: string } {
  const found = WORDS.filter((word) => text.includes(word));
  const without = found.reduce((left, word) => left.replaceAll(word, GONE), text);
  const beside = withoutRuns(without.replace(/(19|20)\d\d/g, GONE));
  const runs = beside.includes(GONE) ? 1 : 0;
  return { found: found.length || runs, rest: beside.replaceAll(GONE, '').replace(/(.)\1+/gu, '$1') };
}

/** Whether it is one short piece repeated, or a common word or row of keys with little else. */
export function isGuessable(password: string): boolean {
  const small = password.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s/gu, '');
  const plain = small.replace(/[^\p{L}\p{N}]/gu, '');
  if (new RegExp(`^(.{1,${LONGEST_UNIT}}?)\\1+$`, 'u').test(plain)) return true;
  const meant = small.replace(/[@4310!$5]/g, (sign) => INSTEAD[sign]!);
  return [small, meant].some((text) => {
    const { found, rest } = besideWords(text);
    return found > 0 && found < WORDS_IN_PHRASE && [...rest].length < REST_BESIDE_WORD;
  });
}
