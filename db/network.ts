/** Maps an IP address to the network it is counted under. */
import { isIPv6 } from 'node:net';

/** The first half of an IPv6 address identifies the network; subscribers can change the rest freely (RFC 6177). */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [withoutZone = ''] = address.split('%');
  const normal = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = normal.split('::').map((part) => part.split(':').filter(Boolean));
  return [...head, ...Array(GROUPS - head.length - tail.length).fill('0'), ...tail];
}

/**
 * The unit that limits count by: an IPv4 address, also when written as IPv6 (`::ffff:192.0.2.1`), or the /64 of an
 * IPv6 address, because one subscriber usually controls all 2^64 addresses in it.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff')
    return groups
      .slice(6)
      .map((group) => Number.parseInt(group, 16))
      .flatMap((two) => [two >> 8, two & 255])
      .join('.');
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
