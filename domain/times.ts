/** Dates and times as people read them. */
import type { Locale } from './locale.ts';

/** How each language writes dates: English in the European way, day first and 24 hours. */
const DATES_AS: Record<Locale, string> = { nl: 'nl-NL', en: 'en-GB' };

/** The everyday name of a time zone, where the one in Unicode's tables (CLDR) is not in use. */
const ZONES_AS_SAID: Record<string, Record<Locale, string>> = {
  'Europe/Amsterdam': { nl: 'Nederlandse tijd', en: 'Dutch time' },
  'Europe/Brussels': { nl: 'Belgische tijd', en: 'Belgian time' },
};

/** Such as "28 november 2026". */
export const dateInWords = (at: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string =>
  new Intl.DateTimeFormat(DATES_AS[locale], { dateStyle: 'long', timeZone }).format(at);

/** Such as "Nederlandse tijd": the zone's name in the language. */
function zoneInWords(at: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string {
  const said = ZONES_AS_SAID[timeZone];
  if (said) return said[locale];
  const format = new Intl.DateTimeFormat(DATES_AS[locale], { timeZone, timeZoneName: 'longGeneric' });
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/** Such as "28 november 2026 om 02:06 (Nederlandse tijd)". It names the zone, because the reader may be anywhere. */
export function timeInWords(at: Date, zone: { locale: Locale; timeZone: string }): string {
  const { locale, timeZone } = zone;
  const format = new Intl.DateTimeFormat(DATES_AS[locale], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone,
  });
  return `${format.format(at)} (${zoneInWords(at, zone)})`;
}

/** Such as "28 nov 2026 02:06 CET", where space is short. */
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
