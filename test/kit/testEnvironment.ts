/** A test environment for one test file (see test/kit/environment.ts), with a database of its own. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connect, disconnect } from '../../db/connect.ts';
import { openTestEnvironment, type TestEnvironment, type TestEnvironmentOptions } from './environment.ts';
import { TEMPLATE } from './globalSetup.ts';

export type { TestEnvironment };

async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const secretKeys = [{ id: 'k1', key: Buffer.alloc(32) }];
  const run = async (statement: string) => {
    const db = connect({ url: inject('databaseUrl'), secretKeys, pool: 1 });
    await db.sql.raw(statement).finally(() => disconnect(db));
  };
  await run(`create database ${name} template ${TEMPLATE}`);
  const url = inject('databaseUrl').replace(/\/instap$/, `/${name}`);
  return { url, drop: () => run(`drop database ${name} with (force)`) };
}

/** `temporalAddress`: an engine of its own, instead of the one that all tests share. */
export async function createTestEnvironment({
  temporalAddress = inject('temporalAddress'),
  ...options
}: TestEnvironmentOptions & { temporalAddress?: string } = {}): Promise<TestEnvironment> {
  const database = await freshDatabase();
  const infrastructure = {
    databaseUrl: database.url,
    temporalAddress,
    bundlePath: inject('bundlePath'),
  };
  const testEnv = await openTestEnvironment(infrastructure, options);
  const { close } = testEnv;
  // The same object: a restart changes its settings in place.
  return Object.assign(testEnv, {
    async close() {
      await close();
      await database.drop();
    },
  });
}
