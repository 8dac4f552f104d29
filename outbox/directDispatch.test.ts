/** Who wrote rows of the outbox tells the engine of them at once; what goes wrong is left to the poller. */
import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { connect, type Db, disconnect } from '../db/connect.ts';
import { type OutboxRow, putInOutbox, type Told } from '../db/outbox.ts';
import { eventually } from '../test/kit/eventually.ts';
import { someSnapshot } from '../test/kit/snapshot.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { createDirectDispatch, type DirectDispatch } from './directDispatch.ts';

let testEnv: TestEnvironment;
let db: Db;
let dispatcher: DirectDispatch;
/** What tells the engine, in each test another one. */
let tell: (row: OutboxRow) => Promise<void>;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  const { DATABASE_URL: url, SECRET_KEYS: secretKeys } = testEnv.config;
  db = connect({ url, secretKeys, onOutboxWritten: (rows) => dispatcher.dispatch(rows) });
});
beforeEach(() => {
  dispatcher = createDirectDispatch({ db, log: pino({ level: 'silent' }), tell: (row) => tell(row) });
});
afterAll(async () => {
  await disconnect(db);
  await testEnv.close();
});

const signal = (name: 'messageSent' | 'termsAccepted'): Told => ({
  workflow: 'onboarding',
  subjectId: randomUUID(),
  signal: name,
  payload: someSnapshot(),
});
const left = () => testEnv.db.sql('outbox').orderBy('id').pluck('id');

it('rows are told with what was written, and are gone then', async () => {
  const told: OutboxRow[] = [];
  tell = async (row) => void told.push(row);
  const rows = [signal('messageSent'), signal('termsAccepted')];
  await putInOutbox(db, ...rows);
  await eventually(async () => ((await left()).length === 0 ? true : undefined));
  expect(told).toHaveLength(2);
  expect(told).toEqual(expect.arrayContaining(rows.map((row) => expect.objectContaining(row))));
});

it('a row that the engine did not take stays for the poller', async () => {
  tell = async () => {
    throw new Error('the engine is away');
  };
  await putInOutbox(db, signal('termsAccepted'));
  await dispatcher.stop();
  expect(await left()).toHaveLength(1);
  await testEnv.db.sql('outbox').delete();
});

it('what people did goes before what senders did, however many those are', async () => {
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  tell = async (row) => {
    told.push('signal' in row ? row.signal : row.workflow);
    await gate.promise;
  };
  await putInOutbox(db, ...Array.from({ length: 60 }, () => signal('messageSent')));
  await putInOutbox(db, signal('termsAccepted'));
  gate.resolve();
  await eventually(async () => (told.length === 61 ? true : undefined));
  const asFarAsItGets = told.indexOf('termsAccepted');
  expect(told.slice(0, asFarAsItGets).length).toBeLessThan(60);
  await dispatcher.stop();
  expect(await left()).toEqual([]);
});
