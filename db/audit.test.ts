/** The network of an entry: comparable within a month, untraceable after it, and gone with the person. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { asRole } from '../tools/local/postgresRoles.ts';
import { audit, purgeAudit, withSource } from './audit.ts';
import { connect, type Db, disconnect, transaction } from './connect.ts';
import { erasePerson } from './erasure.ts';

const KEPT_MONTHS = 24;
const HERE = '192.0.2.1';
const ELSEWHERE = '198.51.100.1';

let testEnv: TestEnvironment;
let web: Db;
let event: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  const { DATABASE_URL: url, SECRET_KEYS: secretKeys } = testEnv.config;
  web = connect({ url: asRole(url, 'web'), secretKeys });
});
afterAll(async () => {
  await disconnect(web);
  await testEnv.close();
});
beforeEach(() => {
  event = `test.${randomUUID()}`;
});

const write = (address: string, personId?: string) =>
  audit(withSource(web, { address }), { event, personId });
const networks = async () => {
  const rows = await testEnv.db.sql('audit').where({ event }).orderBy('id').select('network');
  return rows.map(({ network }) => network);
};
const keys = () => testEnv.db.sql('audit_network_key').select('month');

describe('the network', () => {
  it('is alike for one network, other for another, and holds no address', async () => {
    for (const address of [HERE, HERE, ELSEWHERE]) await write(address);
    const [first, again, other] = await networks();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(JSON.stringify(await testEnv.db.sql('audit').where({ event }))).not.toContain(HERE);
  });

  it('is one hash when many write the first entries of a month at once', async () => {
    await testEnv.db.sql('audit_network_key').delete();
    await Promise.all(Array.from({ length: 10 }, () => write(HERE)));
    expect(new Set(await networks()).size).toBe(1);
    expect(await keys()).toHaveLength(1);
  });

  it('is hashed under another key when the month is over, and the old key is destroyed', async () => {
    await write(HERE);
    await testEnv.db.sql('audit_network_key').update({ month: '2026-01' });
    await purgeAudit(testEnv.db, KEPT_MONTHS);
    expect(await keys()).toEqual([]);
    await write(HERE);
    const [before, after] = await networks();
    expect(after).not.toBe(before);
  });

  it('is not what counters keep of the same network', async () => {
    const { secrets } = testEnv.db;
    expect(secrets.auditNetwork(HERE)).not.toBe(secrets.networkIndex(HERE));
  });

  it('is there for whatever a transaction writes', async () => {
    await transaction(withSource(web, { address: HERE }), (tx) => audit(tx, { event }));
    expect(await networks()).toEqual([expect.any(String)]);
  });
});

describe('after an erasure', () => {
  it('no entry of the person has a network; those of others have', async () => {
    const [anna, bob] = [new Participant(testEnv), new Participant(testEnv)];
    for (const { personId } of [await invited(anna), await invited(bob)]) await write(HERE, personId);
    await erasePerson(withSource(web, { address: HERE }), anna.personId);
    expect(await networks()).toEqual([null, expect.any(String)]);
    const left = testEnv.db.sql('audit').where({ personId: anna.personId }).whereNotNull('network');
    expect(await left).toEqual([]);
  });

  it('an entry that is written later has none', async () => {
    await write(HERE, randomUUID());
    expect(await networks()).toEqual([null]);
  });

  it('one that was under way loses it with the next purge', async () => {
    await testEnv.db
      .sql('audit')
      .insert({ id: randomUUID(), event, personId: randomUUID(), network: 'written too late' });
    await purgeAudit(testEnv.db, KEPT_MONTHS);
    expect(await networks()).toEqual([null]);
  });
});

async function invited(person: Participant): Promise<Participant> {
  await person.invited();
  return person;
}

it('a command says which it was and who typed it, beside its details', async () => {
  const source = { command: 'keys add CLIENT', operator: 'jan' };
  await audit(withSource(web, source), { event, details: { days: 365 } });
  const [entry] = await testEnv.db.sql('audit').where({ event });
  expect(entry).toMatchObject({ details: { days: 365, ...source }, network: null });
});
