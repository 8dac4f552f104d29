/** Style and scripts: small over the wire, cached for ever, and renamed when they change. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { rawAnswer } from '../../test/kit/wire.ts';

let testEnv: TestEnvironment;
let files: string[];
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  const { text } = await new Participant(testEnv).ask('/sign-in');
  files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
});
afterAll(() => testEnv.close());

const unpacked: Record<string, (body: Buffer) => Buffer> = { br: brotliDecompressSync, gzip: gunzipSync };

describe('style and scripts', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=1.0, gzip;q=0.8', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['', undefined],
    ['identity', undefined],
    ['zstd', undefined],
  ])('are sent to a browser that takes "%s" as %s, and are the same', async (accepted, encoding) => {
    for (const file of files) {
      const plain = await rawAnswer(testEnv, file, {});
      const { headers, body } = await rawAnswer(testEnv, file, { 'accept-encoding': accepted });
      expect(headers['content-encoding']).toBe(encoding);
      expect(headers.vary).toMatch(/Accept-Encoding/i);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(encoding ? unpacked[encoding]!(body) : body).toEqual(plain.body);
    }
  });

  it('are not there under another hash', async () => {
    const { status } = await rawAnswer(testEnv, files[0]!.replace(/-\w{12}\./, '-000000000000.'), {});
    expect(status).toBe(404);
  });
});

describe('a page', () => {
  it('is never compressed: its length would tell of the form token in it', async () => {
    const { status, headers } = await rawAnswer(testEnv, '/sign-in', { 'accept-encoding': 'gzip, br' });
    expect([status, headers['content-encoding']]).toEqual([200, undefined]);
  });
});
