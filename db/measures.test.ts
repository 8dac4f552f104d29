/** Counts for the metrics, taken every few seconds by every worker: fast beside any number of people who finished. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Participant } from '../test/kit/participant.ts';
import { countStatements } from '../test/kit/statements.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { countUnfinished } from './measures.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

/** The statement about onboardings that `ask` sends, as PostgreSQL receives it. */
async function statementOf(ask: () => Promise<unknown>): Promise<string> {
  const counter = countStatements(testEnv.config.PORT);
  await ask().finally(() => counter.stop());
  return counter.counted.statements.find((statement) => statement.includes('from onboarding'))!;
}

it('people on their way are found by an index, and those who ended are not read', async () => {
  const statement = await statementOf(() => countUnfinished(testEnv.db));
  const plan = await testEnv.db.sql.transaction(async (sql) => {
    // PostgreSQL scans small tables whatever their indexes; with this it does so only when no index fits.
    await sql.raw('set local enable_seqscan = off');
    const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`explain ${statement}`);
    return rows.map((row) => Object.values(row)[0]).join('\n');
  });
  expect(plan).toContain('onboarding_should_run');
  expect(plan).not.toContain('Seq Scan');
});

it('people on their way are counted by step and age, and nobody else is', async () => {
  await new Participant(testEnv).to('password');
  await new Participant(testEnv).to('password');
  const slow = await new Participant(testEnv).to('password');
  const twoDaysAgo = testEnv.db.sql.raw(`now() - interval '2 days'`);
  await testEnv.db.sql('onboarding').where({ id: slow.onboardingId }).update({ stepSince: twoDaysAgo });
  const ended = await new Participant(testEnv).to('sms');
  await testEnv.db.sql('onboarding').where({ id: ended.onboardingId }).update({ status: 'cancelled' });
  const counted = await countUnfinished(testEnv.db);
  const atPassword = { termsAccepted: true, passwordChanged: false };
  expect(counted).toHaveLength(2);
  expect(counted.sort((a, b) => b.count - a.count)).toMatchObject([
    { ...atPassword, age: 'under 1h', count: 2 },
    { ...atPassword, age: 'under 3d', count: 1 },
  ]);
});
