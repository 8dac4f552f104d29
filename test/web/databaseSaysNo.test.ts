/** The database answers and says no for a while: pages say "try again", and the process is not ready. */
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect, disconnect } from '../../db/connect.ts';
import { sendMessage, visible } from '../setup/person.ts';
import { Traveller } from '../setup/traveller.ts';
import { createWorld, type World } from '../setup/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ worker: false });
});
afterAll(() => world.close());

const nameOf = ({ config }: World) => new URL(config.DATABASE_URL).pathname.slice(1);

/** As an administrator, from another database of the same server. */
async function administer(...statements: string[]): Promise<void> {
  const db = connect({ url: inject('databaseUrl'), secretKeys: world.config.SECRET_KEYS, pool: 1 });
  try {
    for (const statement of statements) await db.sql.raw(statement);
  } finally {
    await disconnect(db);
  }
}

/** New connections begin with the database's settings of now. */
const cutConnections = () =>
  administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${nameOf(world)}'`);

const ready = () => new Traveller(world).ask('/readyz');

describe('read-only', () => {
  afterEach(async () => {
    await administer(`alter database ${nameOf(world)} reset default_transaction_read_only`);
    await cutConnections();
  });

  it('is noticed by /readyz before anybody is turned away, and over when it is over', async () => {
    const anna = new Traveller(world);
    await anna.invited();
    const link = await anna.link();
    await administer(`alter database ${nameOf(world)} set default_transaction_read_only = on`);
    await cutConnections();
    expect(await ready()).toMatchObject({ status: 503 });
    const { status, text, headers } = await anna.post(link, {});
    expect(status).toBe(503);
    expect(visible(text)).toContain('Probeer het over een minuut nog eens');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await sendMessage(world, { email: 'bob@example.com' })).status).toBe(503);
  });
});

describe.each([
  ['53100', 'the disk is full'],
  ['53300', 'too many connections'],
  ['53200', 'no memory'],
])('%s, %s', (code) => {
  it('is 503 with Retry-After, and makes the process unready', async () => {
    const own = await createWorld({ worker: false });
    const anna = new Traveller(own);
    await anna.invited();
    const link = await anna.link();
    await own.db.sql.raw(`
      create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'no' using errcode = '${code}'; end $$;
      create trigger refuse before insert on session for each row execute function refuse()`);
    expect((await anna.ask('/readyz')).status).toBe(200);
    const { status, headers } = await anna.post(link, {});
    expect([status, headers.get('retry-after')]).toEqual([503, '3']);
    expect((await anna.ask('/readyz')).status).toBe(503);
    await own.close();
  });
});

it('rows that others have for a moment make nobody unready', async () => {
  await cutConnections();
  const anna = new Traveller(world);
  await anna.invited();
  const link = await anna.link();
  await world.db.sql.raw(`
    create function busy() returns trigger language plpgsql as
      $$ begin raise exception 'no' using errcode = '40P01'; end $$;
    create trigger busy before insert on session for each row execute function busy()`);
  const { status, text } = await anna.post(link, {});
  expect(status).toBe(503);
  expect(visible(text)).toContain('Wacht een paar seconden');
  expect(world.logged.filter((line) => line.includes('40P01'))).toEqual([]);
});
