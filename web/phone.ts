/** Parses mobile numbers as people write them to the stored form (E.164). */
import {
  type CountryCode,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import { cleanTyped, isVisible } from '../domain/typed.ts';

/** Longer input cannot be a phone number in any notation. */
const LONGEST_INPUT = 40;

export type PhoneRefusal =
  | 'missing'
  | 'too-short'
  | 'too-long'
  | 'no-number'
  | 'which-country'
  | 'not-mobile'
  | 'other-country';

type Read = { phone: string } | { refused: PhoneRefusal };

/** Parses it as a number of this country, unless the number itself names another. */
function readAs(typed: string, home: string, countries: string[]): Read {
  const length = validatePhoneNumberLength(typed, home as CountryCode);
  if (length === 'TOO_SHORT') return { refused: 'too-short' };
  if (length === 'TOO_LONG') return { refused: 'too-long' };
  const number = parsePhoneNumberFromString(typed, home as CountryCode);
  if (!number?.isValid()) return { refused: 'no-number' };
  if (!number.country || !countries.includes(number.country)) return { refused: 'other-country' };
  const isMobile = ['MOBILE', 'FIXED_LINE_OR_MOBILE'].includes(number.getType() ?? '');
  const isMachine = number.number.startsWith('+3197');
  return isMobile && !isMachine ? { phone: number.number } : { refused: 'not-mobile' };
}

/**
 * The E.164 form of a mobile number of one of `countries`, or why it is refused. A number without a country code is
 * read as one of the first country; if that fails, as one of the only other country where it would be a mobile number.
 * "Valid" is not enough: 0900 numbers and Dutch 097 machine numbers are valid, too.
 */
export function mobileNumber(typed: string, countries: string[]): Read {
  if (typed.length > LONGEST_INPUT) return { refused: isVisible(typed) ? 'no-number' : 'missing' };
  const cleaned = cleanTyped(typed);
  if (!isVisible(cleaned)) return { refused: 'missing' };
  const first = readAs(cleaned, countries[0]!, countries);
  const saysCountry = /^[^\d]*\+|^00/.test(cleaned);
  if (saysCountry || 'phone' in first || first.refused === 'not-mobile') return first;
  const others = countries.slice(1).map((country) => readAs(cleaned, country, [country]));
  const fitting = others.filter((read) => 'phone' in read);
  if (fitting.length === 1) return fitting[0]!;
  return fitting.length > 1 ? { refused: 'which-country' } : first;
}

/** For reading: +31 6 12345678. */
export const readable = (phone: string): string =>
  parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;

/** For sign-in, where the number must not be revealed: the last two digits. */
export const masked = (phone: string): string => phone.slice(-2);
