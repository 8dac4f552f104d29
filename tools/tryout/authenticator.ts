/**
 * An authenticator app for trying out: keys kept in a file, with their current tokens (RFC 6238: SHA-1, 6 digits, 30
 * seconds). Written from the standard instead of with the service's library, so that it can reveal errors in that.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const PERIOD_S = 30;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export type Key = {
  id: string;
  /** The account's name, as in the QR code. */
  label: string;
  /** In base32. */
  secret: string;
};

export type Authenticator = {
  /** Newest first. */
  keys: () => Key[];
  /** Accepts an `otpauth://` address, or only the key, as shown in groups. Undefined when it is neither. */
  add: (text: string) => Key | undefined;
  remove: (id: string) => void;
};

/** The six digits of `secret` at `time`. */
export function tokenOf(secret: string, time = Date.now()): string {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(time / 1_000 / PERIOD_S)));
  const mac = createHmac('sha1', decode(secret)).update(step).digest();
  const number = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Remaining life of the current token, in whole seconds. */
export const secondsLeft = (time = Date.now()): number => PERIOD_S - (Math.floor(time / 1_000) % PERIOD_S);

function decode(base32: string): Buffer {
  const bits = [...base32]
    .map((character) => ALPHABET.indexOf(character).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export function openAuthenticator(file: string): Authenticator {
  let keys: Key[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const keep = () => writeFileSync(file, JSON.stringify(keys, null, 2), { mode: 0o600 });
  return {
    keys: () => keys,
    add(text) {
      const read = readKey(text.trim());
      if (!read) return undefined;
      const known = keys.find(({ secret }) => secret === read.secret);
      if (known) return known;
      const key = { id: randomUUID(), ...read };
      keys = [key, ...keys];
      keep();
      return key;
    },
    remove(id) {
      keys = keys.filter((key) => key.id !== id);
      keep();
    },
  };
}

function readKey(text: string): Pick<Key, 'label' | 'secret'> | undefined {
  const uri = /^otpauth:\/\/totp\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  const secret = (uri?.searchParams.get('secret') ?? text).replace(/[\s=-]/g, '').toUpperCase();
  if (!/^[A-Z2-7]{16,}$/.test(secret)) return undefined;
  return {
    secret,
    label: uri ? decodeURIComponent(uri.pathname.split('/').at(-1) ?? '') : 'Instap',
  };
}
