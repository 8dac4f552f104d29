/** The organisation's name as it appears before our own address in From. */
import { isVisible } from '../../domain/typed.ts';

/** The at sign, also small or full-width, with any spaces around it. */
const AT = /\s*[@\uFE6B\uFF20]\s*/gu;
const ADDRESS = /[^\s<>()[\]"',;:]*@[^\s<>()[\]"',;:]*/gu;
/** Punctuation left behind by a removed address. */
const LEFT_OVER = /[<>]|\(\s*\)|\[\s*\]|"\s*"|'\s*'|^[\s,;:\p{Pd}|/]+|[\s,;:\p{Pd}|/]+$/gu;

const PRODUCT = 'Instap';

/**
 * `name` without any address in it; the product's name when nothing is left. Mail programs show the name and hide the
 * address, so spam filters block names that look like an address, as in forged mails.
 */
export function nameInFrom(name: string): string {
  const left = name.replace(AT, '@').replace(ADDRESS, '').replace(LEFT_OVER, '').replace(/\s+/gu, ' ').trim();
  return isVisible(left) ? left : PRODUCT;
}
