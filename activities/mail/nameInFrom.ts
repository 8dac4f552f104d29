/** The organisation's name as it stands before our own address in From. */
import { isVisible } from '../../domain/typed.ts';

/** The sign of addresses, also small and full-width, with the spaces that somebody put around it. */
const AT = /\s*[@\uFE6B\uFF20]\s*/gu;
const ADDRESS = /[^\s<>()[\]"',;:]*@[^\s<>()[\]"',;:]*/gu;
/** What stood around an address that is gone. */
const LEFT_OVER = /[<>]|\(\s*\)|\[\s*\]|"\s*"|'\s*'|^[\s,;:\p{Pd}|/]+|[\s,;:\p{Pd}|/]+$/gu;

const PRODUCT = 'Instap';

/**
 * `name` without any address in it; the product's name when nothing is left. Mail programs show the name and hide the
 * address, so a name that is an address itself is what forged mails have, and filters stop it.
 */
export function nameInFrom(name: string): string {
  const left = name.replace(AT, '@').replace(ADDRESS, '').replace(LEFT_OVER, '').replace(/\s+/gu, ' ').trim();
  return isVisible(left) ? left : PRODUCT;
}
