/** An answer as it comes over the wire, which fetch would have unpacked. */
import { get, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { TestEnvironment } from './testEnvironment.ts';

export type RawAnswer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

export const rawAnswer = (
  { url }: TestEnvironment,
  path: string,
  headers: Record<string, string>,
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    get(new URL(path, url), { headers }, async (answer) => {
      resolve({ status: answer.statusCode!, headers: answer.headers, body: await buffer(answer) });
    }).on('error', reject);
  });
