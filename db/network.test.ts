/** Which addresses count as one network, so that changing address within it gives no more attempts. */
import { expect, it } from 'vitest';
import { networkOf } from './network.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['2001:db8:1:1::a', '2001:db8:1:1::/64'],
  ['2001:db8:1:1:ffff:ffff:ffff:ffff', '2001:db8:1:1::/64'],
  ['2001:0DB8:0001:0001:0:0:0:b', '2001:db8:1:1::/64'],
  ['2001:db8:1:2::a', '2001:db8:1:2::/64'],
  ['2001:db8::1:0:0:1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['', ''],
  ['not an address', 'not an address'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
