/**
 * The SMS alphabet (3GPP TS 23.038, 6.2.1): a text within it has room for 160 characters in one part; a single other
 * character reduces that to 70.
 */
const ONE_SEPTET =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const TWO_SEPTETS = '^{}\\[~]|€';

/** Septets in one part. */
export const ONE_PART = 160;

const septets = (sign: string): number => {
  if (ONE_SEPTET.includes(sign)) return 1;
  return TWO_SEPTETS.includes(sign) ? 2 : 0;
};

/** The length of a text of this alphabet, in septets. */
export const septetsOf = (text: string): number => [...text].reduce((sum, sign) => sum + septets(sign), 0);

/** The text in this alphabet: accents that it lacks, and other unknown characters, are dropped. */
export const asGsm7 = (text: string): string =>
  [...text.normalize('NFC')]
    .flatMap((sign) => (septets(sign) ? sign : [...sign.normalize('NFKD')].filter((part) => septets(part))))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();

/** Shortens a text of this alphabet to at most `most` septets, after a word if possible, with dots. */
export function cutToSeptets(text: string, most: number): string {
  if (septetsOf(text) <= most) return text;
  const dots = '...';
  let cut = text;
  while (cut && septetsOf(cut) > most - dots.length) cut = cut.slice(0, -1);
  const words = cut.slice(0, cut.lastIndexOf(' ')).trimEnd();
  if (!cut) return '';
  return `${words.length * 2 > cut.length ? words : cut.trimEnd()}${dots}`;
}
