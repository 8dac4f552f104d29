/** One form per mailbox: a host may be written in Unicode or ASCII (UTS 46), and with a trailing dot. */
import { domainToASCII } from 'node:url';

/** UTS 46 treats these four characters as dots. */
const LAST_DOT = /[.\u3002\uFF0E\uFF61]$/;

/** The address with its host in ASCII; unchanged when the host is not valid. */
export function withAsciiHost(address: string): string {
  const afterAt = address.lastIndexOf('@') + 1;
  if (afterAt === 0) return address;
  const host = address.slice(afterAt).replace(LAST_DOT, '');
  // An ASCII host is left alone, because domainToASCII reads numbers as IP addresses.
  const isAscii = Buffer.byteLength(host) === host.length;
  return address.slice(0, afterAt) + ((!isAscii && domainToASCII(host)) || host);
}
