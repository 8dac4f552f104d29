/** Link tokens as mail programs mangle them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSecrets } from './secrets.ts';

const secrets = createSecrets([{ id: 'k1', key: randomBytes(32) }]);
const row = { id: randomUUID(), keyId: 'k1' };
const token = secrets.linkToken(row);

/** The older form of the same row's token. */
const oldToken = (of: typeof row) => Buffer.from(secrets.linkToken(of), 'hex').toString('base64url');

describe('a link is opened', () => {
  it.each([
    ['as it was sent', token],
    ['in capitals', token.toUpperCase()],
    ...['.', ')', '>', ',', '-', '_', ').', '"', '\u200B'].map((end) => [
      `with ${end} behind it`,
      token + end,
    ]),
    ['with < before it', `<${token}>`],
    ['broken by a space', `${token.slice(0, 40)} ${token.slice(40)}`],
    ['broken by a line end', `${token.slice(0, 40)}\r\n${token.slice(40)}`],
    ['broken by an encoded space', `${token.slice(0, 40)}%20${token.slice(40)}`],
    ['with what nobody sees', `\u200E${token.slice(0, 5)}\u200B${token.slice(5)}`],
    ['as it was sent before', oldToken(row)],
    ['as it was sent before, with a full stop', `${oldToken(row)}.`],
  ])('%s', (_how, given) => {
    expect(secrets.rowIdIn(given)).toBe(row.id);
    expect(secrets.isLinkToken(row, given)).toBe(true);
    expect(secrets.isLinkToken(row, given, 'reset')).toBe(false);
  });

  it('sent before and ending in -, opened without it', () => {
    let one = row;
    while (!oldToken(one).endsWith('-')) one = { ...row, id: randomUUID() };
    const cut = oldToken(one).replace(/-+$/, '');
    expect(secrets.rowIdIn(cut)).toBe(one.id);
    expect(secrets.isLinkToken(one, cut)).toBe(true);
  });
});

it.each([
  ['a sign too few', token.slice(1)],
  ['a sign too many', `${token}a`],
  ['another last sign', token.slice(0, -1) + (token.endsWith('0') ? '1' : '0')],
  ['nothing', ''],
])('no link: %s', (_what, given) => {
  expect(secrets.isLinkToken(row, given)).toBe(false);
});
