/** Mobile numbers as people write them, to the one form that is kept (E.164). */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** Longer input is no phone number in any notation. */
const LONGEST_INPUT = 40;

/**
 * The E.164 form of a mobile number of one of `countries` (the first one is assumed when no country is written), or
 * why it is none. "Valid" is not enough: 0900 numbers and the Dutch 097 machine numbers are valid, too.
 */
export function mobileNumber(
  typed: string,
  countries: string[],
): { phone: string } | { refused: 'missing' | 'no-number' | 'not-mobile' | 'other-country' } {
  if (!typed.trim()) return { refused: 'missing' };
  if (typed.length > LONGEST_INPUT) return { refused: 'no-number' };
  const number = parsePhoneNumberFromString(typed, countries[0] as CountryCode);
  if (!number?.isValid()) return { refused: 'no-number' };
  if (!number.country || !countries.includes(number.country)) return { refused: 'other-country' };
  const isMobile = ['MOBILE', 'FIXED_LINE_OR_MOBILE'].includes(number.getType() ?? '');
  const isMachine = number.number.startsWith('+3197');
  return isMobile && !isMachine ? { phone: number.number } : { refused: 'not-mobile' };
}

/** For reading: +31 6 12345678. */
export const readable = (phone: string): string =>
  parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;

/** For sign-in, where nobody should learn the number: the last two digits. */
export const masked = (phone: string): string => phone.slice(-2);
