/** A world for one test file (see test/kit/environment.ts), with a database of its own. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connect, disconnect } from '../../db/connect.ts';
import { openWorld, type World, type WorldOptions } from './environment.ts';
import { TEMPLATE } from './globalSetup.ts';

export type { World };

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
export async function createWorld({
  temporalAddress = inject('temporalAddress'),
  ...options
}: WorldOptions & { temporalAddress?: string } = {}): Promise<World> {
  const database = await freshDatabase();
  const ground = {
    databaseUrl: database.url,
    temporalAddress,
    bundlePath: inject('bundlePath'),
  };
  const world = await openWorld(ground, options);
  const { close } = world;
  // The same object: a restart changes its settings in place.
  return Object.assign(world, {
    async close() {
      await close();
      await database.drop();
    },
  });
}
