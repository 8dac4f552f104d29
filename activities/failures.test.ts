/** What Temporal is told about a failed activity. */
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Db, disconnect } from '../db/connect.ts';
import { FAULT } from '../domain/faults.ts';
import { explainFailures, TriedAgain } from './failures.ts';

let away: Db;
beforeAll(() => {
  away = connect({
    url: 'postgres://instap@127.0.0.1:1/instap',
    secretKeys: [{ id: 'k1', key: Buffer.alloc(32) }],
  });
});
afterAll(() => disconnect(away));

/** Runs it as the `attempt`th try of an activity. */
const run = (work: () => Promise<unknown>, attempt = 1) =>
  explainFailures(300_000)({ info: { attempt } } as Context).inbound!.execute!(
    { args: [], headers: {} },
    work,
  );

it('says what to look at, and not the statement', async () => {
  const failing = run(() => away.sql('person').first());
  await expect(failing).rejects.toThrow(
    /^the database does not answer: .*DATABASE_URL.* \(retried automatically\)$/,
  );
});

it.each([
  ['25006', /is read-only/],
  ['53100', /disk of the database is full/],
  ['53300', /no connection left/],
  ['53200', /has run out of memory/],
  ['57P03', /does not answer/],
  ['08006', /does not answer/],
  ['55P03', /busy/],
  ['40001', /busy/],
  ['40P01', /busy/],
])('%s says what to fix, when it is the database', async (code, words) => {
  const failure = Object.assign(new Error('insert into person … failed'), { code });
  const failing = run(() => Promise.reject(failure));
  await expect(failing).rejects.toThrow(words);
  await expect(failing).rejects.not.toThrow('insert into');
});

it.each(['23505', '42P01', '22021', '42501'])(
  'PostgreSQL %s is a fault: a few tries, and nothing of the statement or its values',
  async (code) => {
    const failure = Object.assign(new Error('insert into person (email) values (anna@example.com)'), {
      ...{
        code,
        severity: 'ERROR',
        table: 'person',
        detail: 'Key (email)=(anna@example.com) already exists',
      },
    });
    const failing = (attempt: number): Promise<ApplicationFailure> =>
      run(() => Promise.reject(failure), attempt).then(
        () => expect.unreachable(),
        (error) => error,
      );
    const [first, last] = [await failing(3), await failing(4)];
    expect(first).toMatchObject({ type: FAULT, nonRetryable: false, details: [{ retryAfterMs: 300_000 }] });
    expect(last).toMatchObject({ type: FAULT, nonRetryable: true, details: [{ retryAfterMs: 300_000 }] });
    expect(last.message).toBe(`PostgreSQL ${code} at person`);
    expect(last.cause).toBeUndefined();
    expect(last.stack).not.toMatch(/insert|anna/);
    expect(last.stack).toContain('failures.test.ts');
  },
);

it.each([new Error('something else'), new TypeError('x is undefined'), 'not even an error'])(
  'what nobody expected is a fault, too: %s',
  async (failure) => {
    const failing = run(() => Promise.reject(failure));
    await expect(failing).rejects.toMatchObject({ type: FAULT, nonRetryable: false });
  },
);

it('away for however many tries is no fault', async () => {
  const failing = run(() => away.sql('person').first(), 1_000);
  await expect(failing).rejects.toBeInstanceOf(TriedAgain);
});

it.each([new TriedAgain('the mail server says "later"'), ApplicationFailure.nonRetryable('never', 'Never')])(
  'leaves every expected failure as it is: %s',
  async (failure) => {
    await expect(run(() => Promise.reject(failure), 1_000)).rejects.toBe(failure);
  },
);

it('leaves a result as it is', async () => {
  expect(await run(() => Promise.resolve('done'))).toBe('done');
});
