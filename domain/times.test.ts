/** Times as people read them: always with the zone, in the reader's language. */
import { describe, expect, it } from 'vitest';
import { dateInWords, timeInWords } from './times.ts';

const WINTER = new Date('2026-11-28T01:06:00Z');
const SUMMER = new Date('2026-07-01T00:06:00Z');

describe('a time in words', () => {
  it.each([
    [
      'Europe/Amsterdam',
      '28 november 2026 om 02:06 (Nederlandse tijd)',
      '28 November 2026 at 02:06 (Dutch time)',
    ],
    [
      'Europe/Brussels',
      '28 november 2026 om 02:06 (Belgische tijd)',
      '28 November 2026 at 02:06 (Belgian time)',
    ],
    [
      'Europe/London',
      '28 november 2026 om 01:06 (tijd in Verenigd Koninkrijk)',
      '28 November 2026 at 01:06 (United Kingdom Time)',
    ],
    [
      'Europe/Berlin',
      '28 november 2026 om 02:06 (Midden-Europese tijd)',
      '28 November 2026 at 02:06 (Central European Time)',
    ],
    ['UTC', '28 november 2026 om 01:06 (GMT+00:00)', '28 November 2026 at 01:06 (GMT+00:00)'],
  ])('in %s', (timeZone, dutch, english) => {
    expect(timeInWords(WINTER, { locale: 'nl', timeZone })).toBe(dutch);
    expect(timeInWords(WINTER, { locale: 'en', timeZone })).toBe(english);
  });

  it('names the same zone in summer', () => {
    const zone = { locale: 'nl', timeZone: 'Europe/Amsterdam' } as const;
    expect(timeInWords(SUMMER, zone)).toBe('1 juli 2026 om 02:06 (Nederlandse tijd)');
  });
});

it('a date has the order of the language', () => {
  const zone = { locale: 'nl', timeZone: 'Europe/Amsterdam' } as const;
  expect(dateInWords(WINTER, zone)).toBe('28 november 2026');
});
