/** The SMS to a number that was replaced says what, when and on what, in one part. */
import { expect, it } from 'vitest';
import { ONE_PART, septetsOf } from './gsm7.ts';
import { replacedText } from './replacedText.ts';

const text = (given: Partial<Parameters<typeof replacedText>[0]> = {}) =>
  replacedText({
    locale: 'nl',
    device: 'phone',
    at: new Date('2026-11-28T13:18:00Z'),
    timeZone: 'Europe/Amsterdam',
    host: 'instap.nl',
    helpContact: '',
    ...given,
  });

it.each([
  [
    'nl',
    'phone',
    'instap.nl: 28 nov 2026 14:18 CET is op een telefoon een ander mobiel nummer ingesteld. Was u dat niet? Vraag meteen hulp.',
  ],
  [
    'en',
    'computer',
    'instap.nl: 28 Nov 2026 14:18 CET another mobile number was set up on a computer. Was this not you? Ask for help now.',
  ],
] as const)('in %s, on a %s', (locale, device, words) => {
  expect(text({ locale, device })).toBe(words);
});

it('names the contact rather than the device where there is no room for both', () => {
  expect(text({ helpContact: '030 1234567' })).toMatch(/op een telefoon .* hulp bij 030 1234567\.$/);
  const short = text({ host: 'instap.voorbeeld-gemeente.nl', helpContact: 'servicedesk@voorbeeld.nl' });
  expect(short).toMatch(/CET is een ander .* hulp bij servicedesk@voorbeeld\.nl\.$/);
});

it.each(['nl', 'en'] as const)('is one part in %s, whatever the host and the contact', (locale) => {
  const host = 'vertrouwelijke-berichten.gezondheidsdienst-voorbeeld.nl';
  for (const helpContact of ['', 'x'.repeat(30), 'ş'.repeat(200)])
    expect(septetsOf(text({ locale, host, helpContact }))).toBeLessThanOrEqual(ONE_PART);
});
