/** What is derived, sealed and hashed: stable, different for everything else, and not to be opened elsewhere. */
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createSecrets,
  equal,
  hashPassword,
  hashToken,
  newToken,
  PASSWORD_COST,
  passwordIsRight,
  passwordNeedsRehash,
  type SecretKey,
} from './secrets.ts';

const key = (id: string): SecretKey => ({ id, key: randomBytes(32) });
const [k1, k2] = [key('k1'), key('k2')];
const secrets = createSecrets([k1]);
const row = (keyId = 'k1') => ({ id: randomUUID(), keyId });
const rows = (count: number) => Array.from({ length: count }, () => row());

describe('link token, temporary password and SMS code', () => {
  const kinds = {
    'the link': secrets.linkToken,
    'the temporary password': secrets.temporaryPassword,
    'the SMS code': secrets.smsCode,
  };

  it.each(Object.entries(kinds))('%s is the same whenever it is asked for', (_kind, derive) => {
    const one = row();
    expect(derive(one)).toBe(derive({ ...one }));
    expect(createSecrets([k1, k2]).linkToken(one)).toBe(secrets.linkToken(one));
  });

  it.each(Object.entries(kinds))('%s of another row or under another key is another one', (_kind, derive) => {
    const one = row();
    expect(derive(row())).not.toBe(derive(one));
  });

  it('says nothing about the others of the same row', () => {
    const one = row();
    const digitsOf = (text: string) => text.replace(/\D/g, '');
    expect(digitsOf(secrets.temporaryPassword(one))).not.toContain(secrets.smsCode(one));
    expect(secrets.linkToken(one)).not.toContain(secrets.temporaryPassword(one).replaceAll('-', ''));
  });

  it('is another one with other keys of the server', () => {
    const one = row();
    const other = createSecrets([{ ...k2, id: 'k1' }]);
    expect(other.linkToken(one)).not.toBe(secrets.linkToken(one));
    expect(other.temporaryPassword(one)).not.toBe(secrets.temporaryPassword(one));
  });

  it('a code always has six digits, leading zeros too, spread over all numbers', () => {
    const codes = rows(20_000).map(secrets.smsCode);
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    const firstDigits = Array.from(
      { length: 10 },
      (_, digit) => codes.filter((c) => c[0] === `${digit}`).length,
    );
    // 2000 expected for each; five standard deviations are 212.
    for (const count of firstDigits) expect(Math.abs(count - 2_000)).toBeLessThan(212);
    expect(new Set(codes).size).toBeGreaterThan(19_500);
  });

  it('a temporary password is easy to type, has no look-alikes and more than 60 bits', () => {
    const passwords = rows(3_000).map(secrets.temporaryPassword);
    const signs = new Set(passwords.join('').replaceAll('-', ''));
    expect([...signs].filter((sign) => '0o1li2z5s8b9uv'.includes(sign))).toEqual([]);
    const lengths = new Set(passwords.map((password) => password.replaceAll('-', '').length));
    expect([...lengths]).toHaveLength(1);
    expect(Math.log2(signs.size) * [...lengths][0]!).toBeGreaterThanOrEqual(60);
    expect(passwords.every((password) => /^[a-z0-9]{3,5}(-[a-z0-9]{3,5})+$/.test(password))).toBe(true);
    expect(new Set(passwords).size).toBe(3_000);
  });

  it('a link names its row, carries 256 bits of proof, and fits in a URL as it is', () => {
    const one = row();
    const token = secrets.linkToken(one);
    expect(token).toMatch(/^[a-z0-9]{96}$/);
    expect(secrets.rowIdIn(token)).toBe(one.id);
  });

  it.each([
    '',
    'x',
    'a'.repeat(61),
    'a'.repeat(65),
    `${'a'.repeat(61)}=`,
    `${'a'.repeat(61)}/`,
    'é'.repeat(64),
  ])('what cannot be a link names no row: "%s"', (token) => {
    expect(secrets.rowIdIn(token)).toBeUndefined();
  });
});

describe('a sealed text', () => {
  const id = randomUUID();
  const dataKey = secrets.newDataKey(id);
  const personal = secrets.personal(id, dataKey);
  const place = { table: 'profile', column: 'sealed', row: id };
  const text = 'Anna Jansen, é 🚲 مرحبا';
  const sealed = personal.seal(text, place);

  it('opens at its place and is not readable in itself', () => {
    expect(personal.open(sealed, place)).toBe(text);
    expect(sealed).not.toContain('Anna');
    expect(Buffer.from(sealed.split('.')[2]!, 'base64url').includes('Anna')).toBe(false);
  });

  it('is another text each time, so equal contents cannot be seen', () => {
    expect(personal.seal(text, place)).not.toBe(sealed);
  });

  it.each([
    ['table', { ...place, table: 'message' }],
    ['column', { ...place, column: 'email' }],
    ['row', { ...place, row: randomUUID() }],
  ])('opens in no other %s', (_what, elsewhere) => {
    expect(() => personal.open(sealed, elsewhere)).toThrow();
  });

  it('does not open with the key of another person', () => {
    const other = randomUUID();
    const theirs = secrets.personal(other, secrets.newDataKey(other));
    expect(() => theirs.open(sealed, place)).toThrow();
  });

  it('the data key of one person cannot be put in the row of another', () => {
    expect(() => secrets.personal(randomUUID(), dataKey)).toThrow();
  });

  it('does not open without the server’s key: a dump alone is worth nothing', () => {
    expect(() => createSecrets([{ ...k2, id: 'k1' }]).personal(id, dataKey)).toThrow();
  });

  it('is refused when any byte of it was changed', () => {
    const [version, keyId, body] = sealed.split('.') as [string, string, string];
    const bytes = Buffer.from(body, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i]! ^= 1;
      expect(() => personal.open([version, keyId, changed.toString('base64url')].join('.'), place)).toThrow();
    }
  });

  it('is refused when it was cut, down to nothing', () => {
    const [version, keyId, body] = sealed.split('.') as [string, string, string];
    const bytes = Buffer.from(body, 'base64url');
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length).toString('base64url');
      expect(() => personal.open([version, keyId, cut].join('.'), place), `${length} bytes`).toThrow();
    }
  });

  it('may be empty', () => {
    expect(personal.open(personal.seal('', place), place)).toBe('');
  });
});

describe('a new key in front of SECRET_KEYS', () => {
  const before = createSecrets([k1]);
  const after = createSecrets([k2, k1]);

  it('is used for what is new', () => {
    expect(after.keyId).toBe('k2');
    const id = randomUUID();
    expect(after.newDataKey(id).split('.')[1]).toBe('k2');
  });

  it('leaves old links, codes and temporary passwords as they are', () => {
    const one = { id: randomUUID(), keyId: before.keyId };
    expect(after.linkToken(one)).toBe(before.linkToken(one));
    expect(after.smsCode(one)).toBe(before.smsCode(one));
    expect(after.temporaryPassword(one)).toBe(before.temporaryPassword(one));
  });

  it('leaves what was sealed readable', () => {
    const id = randomUUID();
    const dataKey = before.newDataKey(id);
    const place = { table: 'person', column: 'email', row: id };
    const sealed = before.personal(id, dataKey).seal('anna@example.com', place);
    expect(after.personal(id, dataKey).open(sealed, place)).toBe('anna@example.com');
  });

  it('finds people by the index under which they were added, before and after', () => {
    const old = before.emailIndexes('anna@example.com');
    expect(after.emailIndexes('anna@example.com')).toEqual(expect.arrayContaining(old));
    // A web process that still has the old keys finds people added by one with the new keys.
    expect(old).toContain(after.emailIndexes('anna@example.com')[0]);
  });

  it('accepts the forms that are open in a browser', () => {
    const session = randomUUID();
    expect(after.formTokens(session)).toContain(before.formTokens(session)[0]);
  });

  it('tells the same API request from another as before', () => {
    expect(after.requestMac('{}')).toBe(before.requestMac('{}'));
  });

  it('and a key taken away too early is asked back by its name, in words', () => {
    const one = { id: randomUUID(), keyId: 'k1' };
    expect(() => createSecrets([k2]).linkToken(one)).toThrow(/no key "k1" any more.*add it again/);
  });
});

describe('the index of an e-mail address', () => {
  it('holds nothing of the address, and is another one under other keys', () => {
    const [index] = secrets.emailIndexes('anna@example.com');
    expect(index).not.toContain('anna');
    expect(createSecrets([{ ...k2, id: 'k1' }]).emailIndexes('anna@example.com')[0]).not.toBe(index);
  });
});

describe('own passwords', () => {
  it('are kept with argon2id at m=19456, t=2, p=1, each with a salt of its own', async () => {
    const [one, two] = await Promise.all([
      hashPassword('blauwe fiets', PASSWORD_COST),
      hashPassword('blauwe fiets', PASSWORD_COST),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(one).not.toBe(two);
  });

  it('are right only exactly as they were typed', async () => {
    const hash = await hashPassword('Blauwe fiets é', PASSWORD_COST);
    expect(await passwordIsRight(hash, 'Blauwe fiets é')).toBe(true);
    for (const wrong of ['blauwe fiets é', 'Blauwe fiets é ', 'Blauwe fiets e', ''])
      expect(await passwordIsRight(hash, wrong), wrong).toBe(false);
  });

  it('are right on a keyboard that writes é in two parts', async () => {
    expect(
      await passwordIsRight(
        await hashPassword('caf\u00e9 in de stad', PASSWORD_COST),
        'cafe\u0301 in de stad',
      ),
    ).toBe(true);
  });

  it('count to the last of 128 characters', async () => {
    const long = 'abcdefgh'.repeat(16);
    const hash = await hashPassword(long, PASSWORD_COST);
    expect(await passwordIsRight(hash, `${long.slice(0, -1)}x`)).toBe(false);
  });

  it('of weaker parameters are hashed again at sign-in', async () => {
    expect(passwordNeedsRehash(await hashPassword('blauwe fiets', PASSWORD_COST), PASSWORD_COST)).toBe(false);
    expect(
      passwordNeedsRehash('$argon2id$v=19$m=4096,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo', PASSWORD_COST),
    ).toBe(true);
  });
});

it('tokens of sessions and keys have 256 random bits and are kept as their hash', () => {
  const tokens = Array.from({ length: 1_000 }, newToken);
  expect(new Set(tokens).size).toBe(1_000);
  expect(Buffer.from(tokens[0]!, 'base64url')).toHaveLength(32);
  expect(hashToken(tokens[0]!)).not.toContain(tokens[0]!.slice(0, 8));
});

it('texts are equal only when they are the same, also at different lengths', () => {
  expect(equal('123456', '123456')).toBe(true);
  for (const other of ['123457', '12345', '1234567', '']) expect(equal('123456', other)).toBe(false);
});
