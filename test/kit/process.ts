/** Our own programs as processes of their own, with the settings of a test environment. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import type { Role } from '../../db/rights.ts';
import { endWithUs } from '../../tools/local/endWithUs.ts';
import { asRole } from '../../tools/local/postgresRoles.ts';
import { compileCache } from './compileCache.ts';
import type { TestEnvironment } from './testEnvironment.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** What a process of this kind needs to stand beside `testEnv`. Nothing else of this process's own environment is passed on. */
export function envOf({ config }: TestEnvironment, role: Role): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    ...compileCache(),
    DATABASE_URL: asRole(config.DATABASE_URL, role),
    TEMPORAL_ADDRESS: config.temporal.connectionOptions.address!,
    TEMPORAL_TASK_QUEUE: config.TEMPORAL_TASK_QUEUE,
    SECRET_KEYS: config.SECRET_KEYS.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
    INVITE_EVERY: `${config.INVITE_EVERY}ms`,
    DRAIN_WAIT: '0',
  };
}

/** It ends with this process, however that ends. */
export function begin(entry: string, args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [path.join(ROOT, entry), ...args], { env });
  if (child.pid) endWithUs(child.pid, 'SIGKILL');
  return child;
}

export type Said = { code: number | null; out: string; err: string };

/** `npm run instap -- …`, to its end. `typed`: words with spaces between, or one by one. */
export function instap(
  testEnv: TestEnvironment,
  typed: string | string[],
  more: Record<string, string> = {},
): Promise<Said> {
  const words = Array.isArray(typed) ? typed : typed.split(' ');
  return toItsEnd(begin('cli/instap.ts', words, { ...envOf(testEnv, 'cli'), ...more }));
}

export async function toItsEnd(child: ChildProcess): Promise<Said> {
  const said: Said = { code: null, out: '', err: '' };
  child.stdout!.on('data', (text) => {
    said.out += text;
  });
  child.stderr!.on('data', (text) => {
    said.err += text;
  });
  said.code = await new Promise((resolve) => child.once('close', resolve));
  // No fault, whatever else: those come with a stack.
  expect(said.err).not.toMatch(/^ {4}at /m);
  return said;
}
