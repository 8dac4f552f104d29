/** The client's address, as proxies write it. */
import { describe, expect, it } from 'vitest';
import { clientAddress } from './clientAddress.ts';

const PROXY = '10.0.0.1';

const asked = (forwarded: string | undefined, proxy = true) =>
  clientAddress({
    app: { proxy },
    get: () => forwarded ?? '',
    req: { socket: { remoteAddress: PROXY } },
  } as never);

describe('behind a proxy', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:20001', '203.0.113.9'],
    [' 203.0.113.9 ', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9:20001', '203.0.113.9'],
    ['198.51.100.1,[2001:db8::9]:443', '2001:db8::9'],
    ['[2001:db8::9]', '2001:db8::9'],
    ['2001:db8::9', '2001:db8::9'],
    ['"[2001:db8::9]:443"', '2001:db8::9'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['[::ffff:1.2.3.4]:80', '::ffff:1.2.3.4'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('%s is %s', (forwarded, address) => {
    expect(asked(forwarded)).toBe(address);
  });

  it.each([
    '',
    undefined,
    'unknown',
    '_hidden',
    '203.0.113.9:',
    '203.0.113.999',
    '1.2.3',
    '[2001:db8::9',
    '[203.0.113.9]extra',
    '203.0.113.9,',
    'a'.repeat(10_000),
  ])('%s is no address, and counts as the proxy', (forwarded) => {
    expect(asked(forwarded)).toBe(PROXY);
  });
});

it('without a proxy nobody is believed', () => {
  expect(asked('203.0.113.9', false)).toBe(PROXY);
});
