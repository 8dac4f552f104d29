/** The SMS to a replaced number: no name, organisation or number, and no link that opens anything. */
import type { Device } from '../../db/wrongFactors.ts';
import type { Locale } from '../../domain/locale.ts';
import { shortTime } from '../../domain/times.ts';
import { asGsm7, ONE_PART, septetsOf } from './gsm7.ts';

const nl = {
  on: { phone: ' op een telefoon', computer: ' op een computer' },
  replaced: (on: string) => `is${on} een ander mobiel nummer ingesteld. Was u dat niet? Vraag meteen hulp`,
  from: ' bij ',
};
const en: typeof nl = {
  on: { phone: ' on a phone', computer: ' on a computer' },
  replaced: (on) => `another mobile number was set up${on}. Was this not you? Ask for help now`,
  from: ' from ',
};
const WORDS = { nl, en };

/** A single part if possible; the device and the contact are left out when there is no room. */
export function replacedText(given: {
  locale: Locale;
  device: Device;
  at: Date;
  timeZone: string;
  host: string;
  helpContact: string;
}): string {
  const { locale, device, at, timeZone, host, helpContact } = given;
  const { on, replaced, from } = WORDS[locale];
  const begins = `${host}: ${shortTime(at, { locale, timeZone })}`;
  const withDevice = `${begins} ${replaced(on[device])}`;
  const without = `${begins} ${replaced('')}`;
  const contact = helpContact && `${from}${helpContact}`;
  const texts = [`${withDevice}${contact}.`, `${without}${contact}.`, `${withDevice}.`, `${without}.`].map(
    asGsm7,
  );
  return texts.find((text) => septetsOf(text) <= ONE_PART) ?? texts.at(-1)!;
}
