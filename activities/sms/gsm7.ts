/**
 * The alphabet of SMS (3GPP TS 23.038, 6.2.1): a text that stays within it has 160 signs in one part; a single other sign
 * makes that 70.
 */
const ONE_SEPTET =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const TWO_SEPTETS = '^{}\\[~]|€';

/** Septets of one part. */
export const ONE_PART = 160;

const septets = (sign: string): number => {
  if (ONE_SEPTET.includes(sign)) return 1;
  return TWO_SEPTETS.includes(sign) ? 2 : 0;
};

/** The length of a text of this alphabet, in septets. */
export const septetsOf = (text: string): number => [...text].reduce((sum, sign) => sum + septets(sign), 0);

/** The same text in this alphabet: accents that it does not have are left out, and so is any other sign. */
export const asGsm7 = (text: string): string =>
  [...text.normalize('NFC')]
    .flatMap((sign) => (septets(sign) ? sign : [...sign.normalize('NFKD')].filter((part) => septets(part))))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();

/** At most `most` septets of a text of this alphabet; cut after a word if possible, with dots. */
export function cutToSeptets(text: string, most: number): string {
  if (septetsOf(text) <= most) return text;
  const dots = '...';
  let cut = text;
  while (cut && septetsOf(cut) > most - dots.length) cut = cut.slice(0, -1);
  const words = cut.slice(0, cut.lastIndexOf(' ')).trimEnd();
  if (!cut) return '';
  return `${words.length * 2 > cut.length ? words : cut.trimEnd()}${dots}`;
}
