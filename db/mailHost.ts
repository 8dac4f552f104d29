/** One mailbox, one form: a host may be written in Unicode or in ASCII (UTS 46), and with a dot at its end. */
import { domainToASCII } from 'node:url';

/** The four dots of UTS 46. */
const LAST_DOT = /[.\u3002\uFF0E\uFF61]$/;

/** The address with its host in ASCII; as it is when that is no host. */
export function withAsciiHost(address: string): string {
  const afterAt = address.lastIndexOf('@') + 1;
  if (afterAt === 0) return address;
  const host = address.slice(afterAt).replace(LAST_DOT, '');
  // An ASCII host stays as it is: domainToASCII reads numbers as IP addresses.
  const isAscii = Buffer.byteLength(host) === host.length;
  return address.slice(0, afterAt) + ((!isAscii && domainToASCII(host)) || host);
}
