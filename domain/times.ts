/** Dates and times as a person reads them. */
import type { Locale } from './locale.ts';

/** How dates are written in each language: English as in Europe, with the day first and 24 hours. */
const DATES_AS: Record<Locale, string> = { nl: 'nl-NL', en: 'en-GB' };

/** What people call their own time, where the name in Unicode's tables (CLDR) is one that nobody says. */
const ZONES_AS_SAID: Record<string, Record<Locale, string>> = {
  'Europe/Amsterdam': { nl: 'Nederlandse tijd', en: 'Dutch time' },
  'Europe/Brussels': { nl: 'Belgische tijd', en: 'Belgian time' },
};

/** As "28 november 2026". */
export const dateInWords = (at: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string =>
  new Intl.DateTimeFormat(DATES_AS[locale], { dateStyle: 'long', timeZone }).format(at);

/** As "Nederlandse tijd", or whatever the zone is called in the language. */
function zoneInWords(at: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string {
  const said = ZONES_AS_SAID[timeZone];
  if (said) return said[locale];
  const format = new Intl.DateTimeFormat(DATES_AS[locale], { timeZone, timeZoneName: 'longGeneric' });
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/** As "28 november 2026 om 02:06 (Nederlandse tijd)": who reads it may be anywhere. */
export function timeInWords(at: Date, zone: { locale: Locale; timeZone: string }): string {
  const { locale, timeZone } = zone;
  const format = new Intl.DateTimeFormat(DATES_AS[locale], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone,
  });
  return `${format.format(at)} (${zoneInWords(at, zone)})`;
}

/** As "28 nov 2026 02:06 CET", where there is little room. */
export function shortTime(at: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string {
  const format = new Intl.DateTimeFormat(DATES_AS[locale], {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  });
  return format.format(at).replace(/,/g, '');
}
