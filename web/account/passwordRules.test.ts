/** The rules for a new password, all of whose violations are reported at once. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPasswordRules, type PasswordRules } from './passwordRules.ts';

const COMMON = gunzipSync(readFileSync(new URL('./commonPasswords.txt.gz', import.meta.url)))
  .toString()
  .split('\n');
const NAMES = ['anna.jansen@voorbeeld.nl', 'Gemeente Zonnedorp', 'Instap'];

let rules: PasswordRules;
beforeAll(async () => {
  rules = await loadPasswordRules();
});

const problems = (password: string, more: { again?: string; current?: string; names?: string[] } = {}) =>
  rules.problems({ password, again: password, current: 'acdef-gh346-kmnp', names: NAMES, ...more });

describe('a chosen password is accepted', () => {
  it.each([
    ['of twelve characters', 'blauwe fiets'],
    ['of 128 characters', 'zo kan het ook 8'.repeat(8)],
    ['of small letters only', 'paraplu vergeten trein'],
    ['of spaces and signs', '  - - - ! ! - - -  '],
    ['in any script', 'пароль для чтения'],
    ['that holds a name among much else', 'jansen rijdt op een groene tandem'],
  ])('%s', (_what, password) => {
    expect(problems(password)).toEqual([]);
  });

  it('of twelve emoji: characters are counted as people count them', () => {
    expect(problems('🚲🌷🧀🥨🎻🎈🪁🛶🧭🧵🪵🫖')).toEqual([]);
  });
});

describe('its length', () => {
  it.each([
    ['eleven characters', 'blauwefiets', 'too-short'],
    ['nothing', '', 'too-short'],
    ['eleven emoji, which are 22 code units', '🚲🌷🧀🥨🎻🎈🪁🛶🧭🧵🪵', 'too-short'],
    ['129 characters', 'ab c'.repeat(32) + 'd', 'too-long'],
    ['129 emoji', '🚲'.repeat(129), 'too-long'],
    ['10,000 characters', 'vier fiets '.repeat(910), 'too-long'],
  ])('%s: refused', (_what, password, problem) => {
    expect(problems(password)).toEqual([problem]);
  });

  it('128 emoji are 128 characters', () => {
    expect(problems('🚲🌷'.repeat(64))).toEqual([]);
  });
});

describe('a common password', () => {
  it('from the list is refused, as it stands there and in capitals', () => {
    const small = COMMON.find((entry) => entry.length >= 14 && /^[a-z]+$/.test(entry))!;
    expect(problems(small)).toEqual(['common']);
    expect(problems(small.toUpperCase())).toEqual(['common']);
  });

  it('is looked up among more than 3000 that are long enough to be chosen (ASVS 6.2.4)', () => {
    expect(COMMON.filter((entry) => [...entry].length >= 12).length).toBeGreaterThan(3_000);
    for (const known of ['123456789012', 'qwertyuiop123', 'passwordpassword'])
      expect(problems(known), known).toContain('common');
  });
});

describe('what everybody chooses', () => {
  it.each([
    'wachtwoord123',
    'welkom123456',
    'geheim123456',
    'Zomer2026!!!',
    'Zomer2026!!!!!',
    'Winter-2025!?',
    'december2026!',
    'W@chtw00rd2026',
    'Welkom01Welkom',
    'Summer2026!!!!',
    'Monday123456!',
    'qwertyuiopas',
    'asdfghjkl123',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    '987654321098',
  ])('"%s" is refused as common', (password) => {
    expect(problems(password)).toContain('common');
  });

  it.each([
    'paard batterij nietje juist',
    'zomer fiets regen kaas',
    'welkom lamp tafel vogel',
    'correct horse battery staple',
    'summer kettle window piano',
    'maandag dinsdag koffie drinken',
    'r7Kq-welkom-Zp92x',
    '830157294417',
  ])('"%s" is free', (password) => {
    expect(problems(password)).toEqual([]);
  });
});

describe('one text in two Unicode forms', () => {
  const composed = 'ëöüéïá';
  const decomposed = composed.normalize('NFD');

  it('is as long as it looks', () => {
    expect([...decomposed].length).toBe(12);
    expect(problems(decomposed)).toContain('too-short');
  });

  it('is the same in both fields', () => {
    const phrase = 'één groene kikker';
    expect(problems(phrase, { again: phrase.normalize('NFD') })).toEqual([]);
  });
});

it.each([' '.repeat(12), '\u00A0'.repeat(12), '\u200B'.repeat(12)])(
  'nothing that can be seen is refused when chosen: %j',
  (password) => {
    expect(problems(password)).toEqual(['unseen']);
  },
);

describe('not the temporary one', () => {
  it.each([
    'acdef-gh346-kmnp',
    'acdefgh346kmnp',
    'ACDEF GH346 KMNP',
    ' acdef-gh346-kmnp ',
    'acdef–gh346–kmnp.',
    '‘acdef\u2009gh346\u2009kmnp’',
  ])('typed as "%s"', (password) => {
    expect(problems(password)).toEqual(['temporary']);
  });

  it('and no temporary password typed does not make an empty one "temporary"', () => {
    expect(problems('', { current: '' })).toEqual(['too-short']);
  });
});

describe('not made of names', () => {
  it.each([
    ['the e-mail address', 'anna.jansen@voorbeeld.nl'],
    ['the e-mail address in capitals', 'ANNA.JANSEN@VOORBEELD.NL'],
    ['a part of it and a year', 'jansen-2026!'],
    ['the organisation', 'gemeentezonnedorp'],
    ['the organisation with signs between', 'Gemeente_Zonnedorp!'],
    ['the organisation, turned round', 'zonnedorp gemeente'],
    ['a word of it', 'Zonnedorp2026'],
    ['the product', 'instap123456'],
    ['the product, three times', 'InstapInstapInstap'],
    ['person and organisation', 'anna jansen zonnedorp'],
  ])('%s: "%s"', (_what, password) => {
    expect(problems(password)).toContain('made-of-names');
  });

  it('parts of a name too short to mean anything do no harm', () => {
    expect(problems('nl is een klein land', { names: ['jo@ab.nl'] })).toEqual([]);
  });
});

it('everything that is wrong is said at once', () => {
  expect(problems('instap', { again: 'anders', current: 'In-stap' })).toEqual([
    'too-short',
    'temporary',
    'made-of-names',
    'not-the-same',
  ]);
});

it('the repetition counts character by character', () => {
  expect(problems('blauwe fiets', { again: 'Blauwe fiets' })).toEqual(['not-the-same']);
  expect(problems('blauwe fiets', { again: 'blauwe fiets ' })).toEqual(['not-the-same']);
});
