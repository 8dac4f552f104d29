/**
 * The only file that seals, opens, derives or hashes.
 *
 * - Derived: link token, temporary password and SMS code are HMAC-SHA-256 of a server key, a purpose and a row's random
 *   id. They are never stored, so a repeated mail has the identical text and a dump holds none of them.
 * - Sealed: personal columns, AES-256-GCM under one data key per person, which is itself sealed under a master key; under
 *   a key of the server what is nobody's yet.
 *   The additional data is table, column and row, so a sealed text is worth nothing in another place.
 * - Hashed: own passwords with argon2id; session ids and API keys (256 random bits) with SHA-256.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import argon2 from 'argon2';
import { cleanTyped } from '../domain/typed.ts';
import { networkOf } from './network.ts';

export type SecretKey = { id: string; key: Buffer };

/** The cost of argon2id: memory in KiB, passes over it, threads. */
export type PasswordCost = { memoryCost: number; timeCost: number; parallelism: number };

/** Parameters from the OWASP Password Storage Cheat Sheet and ASVS 5.0, appendix C. */
export const PASSWORD_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TOKEN_BYTES = 32;

const ID_BYTES = 16;
/** The id and the whole HMAC. */
const TOKEN_BYTES_IN_LINK = ID_BYTES + 32;
/** Length of a token in the older base64url links. */
const OLD_TOKEN_SIGNS = 64;

/** Without 0/o, 1/l/i, 2/z, 5/s, 8/b and u/v: 22 characters, of which 14 hold 62 bits. */
const EASY_SIGNS = 'acdefghjkmnpqrtwxy3467';
const TEMPORARY_PASSWORD_SIGNS = 14;

type LinkPurpose = 'link' | 'reset';

/** Where a sealed text is stored; it cannot be opened anywhere else. */
export type Place = { table: string; column: string; row: string };

export type Secrets = ReturnType<typeof createSecrets>;

const bytesOfUuid = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');
const uuidOfBytes = (bytes: Buffer) =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * The bytes of a link's token, read leniently: mail programs break lines, insert invisible characters, include a
 * bracket or full stop, and drop a trailing character. Older links are base64url and may end in `-`.
 */
function bytesOfToken(token: string): Buffer | undefined {
  const spaces = /%(?:20|09|0[ad])/gi;
  const [text = ''] = /[\w-]+/.exec(cleanTyped(token.replace(spaces, '')).replaceAll(' ', '')) ?? [];
  const hex = text.replace(/[-_]+$/, '');
  if (hex.length === TOKEN_BYTES_IN_LINK * 2 && /^[0-9a-f]+$/i.test(hex)) return Buffer.from(hex, 'hex');
  const old = text.padEnd(OLD_TOKEN_SIGNS, '-');
  const isOld = text.length > OLD_TOKEN_SIGNS - 3 && /^.{64}-*$/.test(old);
  return isOld ? Buffer.from(old.slice(0, OLD_TOKEN_SIGNS), 'base64url') : undefined;
}

/** Compares in a time that does not depend on where the texts differ. */
export function equal(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(x!, y!);
}

/** SHA-256 of a random 256-bit token. No slow hash is needed, because such a token cannot be guessed. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

export const hashPassword = (password: string, cost: PasswordCost): Promise<string> =>
  argon2.hash(password.normalize('NFC'), { type: argon2.argon2id, ...cost });

export const passwordIsRight = (hash: string, password: string): Promise<boolean> =>
  argon2.verify(hash, password.normalize('NFC'));

/** Whether `hash` was made at another cost. */
export const passwordNeedsRehash = (hash: string, cost: PasswordCost): boolean =>
  argon2.needsRehash(hash, cost);

function sealBytes({
  keyId,
  key,
  aad,
  bytes,
}: {
  keyId: string;
  key: Buffer;
  aad: string;
  bytes: Buffer;
}): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad));
  const text = Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  return `v1.${keyId}.${text.toString('base64url')}`;
}

function openBytes({ key, aad, sealed }: { key: Buffer; aad: string; sealed: string }): Buffer {
  const text = Buffer.from(sealed.split('.')[2] ?? '', 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, text.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(aad))
    .setAuthTag(text.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(text.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

/**
 * Everything that needs the server's keys, newest first. New data uses the newest key; old data can be opened with
 * any.
 */
export function createSecrets(keys: SecretKey[]) {
  const newest = keys[0]!;
  const subkey = (master: Buffer, purpose: string) =>
    Buffer.from(hkdfSync('sha256', master, '', `instap ${purpose}`, 32));
  const purposeKeys = new Map<string, Buffer>();

  function keyFor(purpose: string, keyId: string): Buffer {
    const name = `${purpose} ${keyId}`;
    const master = keys.find(({ id }) => id === keyId)?.key;
    if (!master)
      throw new Error(`SECRET_KEYS has no key "${keyId}" any more, and a row still needs it: add it again`);
    const known = purposeKeys.get(name) ?? subkey(master, purpose);
    purposeKeys.set(name, known);
    return known;
  }

  const derive = (purpose: string, { id, keyId }: { id: string; keyId: string }): Buffer =>
    createHmac('sha256', keyFor(purpose, keyId)).update(id).digest();

  const linkBytes = (row: { id: string; keyId: string }, purpose: LinkPurpose) =>
    Buffer.concat([bytesOfUuid(row.id), derive(purpose, row)]);

  const place = ({ table, column, row }: Place) => `${table}.${column}.${row}`;
  // The oldest listed key is used for the index, so that rotation keeps everybody findable.
  const indexKeys = keys.toReversed();

  const hidden = (purpose: string, text: string): string =>
    derive(purpose, { id: text, keyId: indexKeys[0]!.id }).toString('base64url');

  return {
    /** The id of the key used for new rows. */
    keyId: newest.id,

    /** Distinguishes keys with the same name without revealing them. */
    keyProofs: (): { keyId: string; proof: string }[] =>
      keys.map(({ id }) => ({
        keyId: id,
        proof: derive('key check', { id, keyId: id }).toString('base64url'),
      })),

    /**
     * The token in a mail's link: 16 bytes of the row's id and a 32-byte proof. Letters and digits only, because mail
     * programs leave trailing punctuation out of a link.
     */
    linkToken: (row: { id: string; keyId: string }, purpose: LinkPurpose = 'link'): string =>
      linkBytes(row, purpose).toString('hex'),

    /** The row id in a well-formed token; `isLinkToken` checks its proof. */
    rowIdIn(token: string): string | undefined {
      const bytes = bytesOfToken(token);
      return bytes && uuidOfBytes(bytes.subarray(0, ID_BYTES));
    },

    /** Whether this token, possibly mangled by a mail program, belongs to the row. */
    isLinkToken(row: { id: string; keyId: string }, token: string, purpose: LinkPurpose = 'link'): boolean {
      const bytes = bytesOfToken(token);
      return bytes !== undefined && timingSafeEqual(bytes, linkBytes(row, purpose));
    },

    /** Easy to type, in groups: "acdf-gh34-…". 62 bits. */
    temporaryPassword(row: { id: string; keyId: string }): string {
      const base = BigInt(EASY_SIGNS.length);
      let number = BigInt(`0x${derive('temporary password', row).toString('hex')}`);
      let signs = '';
      for (let i = 0; i < TEMPORARY_PASSWORD_SIGNS; i++) {
        signs += EASY_SIGNS[Number(number % base)];
        number /= base;
      }
      return signs.match(/.{1,5}/g)!.join('-');
    },

    /** Six digits. */
    smsCode: (row: { id: string; keyId: string }): string =>
      String(derive('sms code', row).readBigUInt64BE() % 1_000_000n).padStart(6, '0'),

    /** The session token that succeeds `token`; it cannot be computed without the server's key. */
    nextSessionToken: (token: string): string =>
      derive('session', { id: token, keyId: newest.id }).toString('base64url'),

    /** Bound to the session and shared by its tabs; one for each key, newest first. */
    formTokens: (sessionId: string): string[] =>
      keys.map(({ id }) => derive('form', { id: sessionId, keyId: id }).toString('base64url')),

    /** The index of an e-mail address under each key, which finds a row without storing the address. */
    emailIndexes: (email: string): string[] =>
      indexKeys.map(
        ({ id }) => `${id}.${derive('e-mail index', { id: email, keyId: id }).toString('base64url')}`,
      ),

    /** Identifies a network or a number for counting, without storing it. */
    networkIndex: (address: string): string => hidden('network', networkOf(address)),
    /** Hashed again by the database, with the month's key (migration 0031). */
    auditNetwork: (address: string): string => hidden('audit network', networkOf(address)),
    phoneIndex: (phone: string): string => hidden('phone', phone),
    /** The same for all numbers that differ only in their last three digits. */
    phonePrefixIndex: (phone: string): string => hidden('phone prefix', phone.slice(0, -3)),

    /** Recognises a repeated request without storing it. */
    requestMac: (body: string): string => hidden('request', body),

    /** A new data key for one person, sealed under the newest master key. */
    newDataKey(personId: string): string {
      const aad = place({ table: 'person', column: 'data_key', row: personId });
      const key = keyFor('data key', newest.id);
      return sealBytes({ keyId: newest.id, key, aad, bytes: randomBytes(32) });
    },

    /** Seals and opens, under a server key, what does not belong to a person yet. */
    server: {
      seal: (text: string, at: Place): string =>
        sealBytes({
          keyId: newest.id,
          key: keyFor('server', newest.id),
          aad: place(at),
          bytes: Buffer.from(text),
        }),
      open: (sealed: string, at: Place): string =>
        openBytes({ key: keyFor('server', sealed.split('.')[1]!), aad: place(at), sealed }).toString(),
    },

    /** Seals and opens one person's columns. `dataKey`: the person's key, as sealed. */
    personal(personId: string, dataKey: string) {
      const aad = place({ table: 'person', column: 'data_key', row: personId });
      const key = openBytes({ key: keyFor('data key', dataKey.split('.')[1]!), aad, sealed: dataKey });
      return {
        seal: (text: string, at: Place): string =>
          sealBytes({ keyId: 'person', key, aad: place(at), bytes: Buffer.from(text) }),
        open: (sealed: string, at: Place): string => openBytes({ key, aad: place(at), sealed }).toString(),
      };
    },
  };
}
