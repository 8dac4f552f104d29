/** Errors in log lines: everything that caused them, and nothing about a person. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { causesOf, framesOf } from './causes.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const thrownBy = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => undefined,
    (error) => error,
  );

describe('the causes of an error', () => {
  it('O7: the engine refuses a signal: gRPC’s code and words', async () => {
    const signalled = testEnv.engine.workflow.signalWithStart('onboarding', {
      workflowId: 'longer than the engine takes'.repeat(100),
      taskQueue: testEnv.config.TEMPORAL_TASK_QUEUE,
      signal: 'x',
      signalArgs: [],
    });
    expect(causesOf(await thrownBy(signalled))).toMatch(
      /Failed to signalWithStart Workflow ← gRPC INVALID_ARGUMENT \(3\): .*length exceeds limit/i,
    );
  });

  it('in the database: its code, and neither the statement nor a value', async () => {
    const said = causesOf(await thrownBy(testEnv.db.sql('person').where({ id: 'anna' })));
    expect(said).toBe('PostgreSQL 22P02');
  });

  it('without addresses, numbers and links in anybody’s words', () => {
    const error = new Error('no anna@example.com', {
      cause: new Error('at +31 6 12345678', { cause: 'GET /i/abc_DEF-123' }),
    });
    expect(causesOf(error)).toBe('Error: no … ← Error: at … ← GET /i/…');
    expect(framesOf(error)).toMatch(/^ {4}at /);
    expect(framesOf(error)).not.toContain('anna');
  });

  it('that goes round in a circle ends', () => {
    const error = new Error('one');
    error.cause = new Error('two', { cause: error });
    expect(causesOf(error).split(' ← ')).toHaveLength(8);
  });
});
