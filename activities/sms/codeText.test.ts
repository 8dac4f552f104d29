/** The SMS with a code: says what the code is for in a single part, whatever the organisation's name is. */
import { describe, expect, it } from 'vitest';
import { codeText } from '../../activities/sms/codeText.ts';
import { asGsm7, ONE_PART, septetsOf } from '../../activities/sms/gsm7.ts';

const HOST = 'berichten.voorbeeld.nl';
const text = (given: Partial<Parameters<typeof codeText>[0]> = {}) =>
  codeText({
    code: '123456',
    purpose: 'sign-in',
    locale: 'nl',
    organisation: 'Gemeente Voorbeeld',
    host: HOST,
    ...given,
  });

describe('the text', () => {
  it.each([
    [
      'nl',
      'sign-in',
      '123456 is uw code om in te loggen bij Gemeente Voorbeeld. Geef deze code aan niemand.',
    ],
    [
      'nl',
      'enrol',
      '123456 is uw code om uw nummer te bevestigen bij Gemeente Voorbeeld. Geef deze code aan niemand.',
    ],
    ['en', 'sign-in', '123456 is your code to sign in at Gemeente Voorbeeld. Do not share this code.'],
    [
      'nl',
      'reset',
      '123456 is uw code voor een nieuw wachtwoord bij Gemeente Voorbeeld. Geef deze code aan niemand.',
    ],
    ['en', 'reset', '123456 is your code for a new password at Gemeente Voorbeeld. Do not share this code.'],
    [
      'en',
      'enrol',
      '123456 is your code to confirm your number at Gemeente Voorbeeld. Do not share this code.',
    ],
  ] as const)('says in %s what a code to %s is for, and ends for phones', (locale, purpose, words) => {
    expect(text({ locale, purpose })).toBe(`${words}\n\n@${HOST} #123456`);
  });
});

describe('one part', () => {
  const NAMES = [
    'Gemeenschappelijke Gezondheidsdienst van de Verenigde Noordelijke en Oostelijke Gemeenten te Leeuwarden',
    'Łódzki Urząd Wojewódzki – Wydział „Spraw” Obywatelskich',
    'Департамент образования города',
    '[[[{{{~~~|||€€€]]]}}} genootschap van de vele haken en euro tekens',
    'A'.repeat(200),
  ];
  it.each(
    NAMES.flatMap((name) =>
      (['enrol', 'sign-in', 'reset'] as const).map((purpose) => [name, purpose] as const),
    ),
  )('is enough for %s (%s)', (organisation, purpose) => {
    for (const locale of ['nl', 'en'] as const) {
      const said = text({ organisation, purpose, locale });
      expect(septetsOf(said)).toBeLessThanOrEqual(ONE_PART);
      expect(asGsm7(said.replaceAll('\n', ' '))).toBe(said.replaceAll('\n\n', ' '));
    }
  });

  it('cuts a long name after a word', () => {
    expect(text({ organisation: NAMES[0]! })).toContain(
      'bij Gemeenschappelijke Gezondheidsdienst van de Verenigde... Geef deze code',
    );
  });

  it('ends a name that has a full stop with one', () => {
    expect(text({ organisation: 'Bakker B.V.' })).toContain('bij Bakker B.V. Geef');
  });

  it('leaves out a name of another script, and none that is short', () => {
    expect(text({ organisation: NAMES[2]! })).toContain('om in te loggen. Geef');
    expect(text({ organisation: 'UMC' })).toContain('om in te loggen bij UMC. Geef');
  });

  it('keeps to one part with a long host', () => {
    const host = 'vertrouwelijke-berichten.gezondheidsdienst.voorbeeld-gemeente.nl';
    expect(septetsOf(text({ host, purpose: 'enrol' }))).toBeLessThanOrEqual(ONE_PART);
  });
});
