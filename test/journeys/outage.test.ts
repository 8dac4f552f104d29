/** Temporal or the worker is away: people continue, nothing opens that should not, and nothing is lost. */
import { afterEach, expect, it } from 'vitest';
import { factsOf, onboardingOf } from '../../db/onboardings.ts';
import { steps } from '../../domain/steps.ts';
import { eventually } from '../kit/eventually.ts';
import { Participant } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { WORDS } from '../kit/words.ts';

let testEnv: TestEnvironment;
afterEach(() => testEnv.close());

it('with the worker stopped every fact is saved and there is no account; started again, it opens and a mail tells', async () => {
  testEnv = await createTestEnvironment({ env: { TELL_WHEN_LATER_THAN: '1ms' } });
  const anna = new Participant(testEnv).readingMails();
  const { recipient } = await anna.invited();
  await anna.mail();
  await testEnv.stopWorker();

  await anna.to('profile');
  await anna.saveProfile();
  expect(anna.path).toBe('/onboarding/finished');
  expect(anna.reads).toContain(WORDS.finished.nl.title);
  await anna.open('/messages');
  expect(anna.path).toBe('/sign-in');

  const row = (await onboardingOf(testEnv.db, recipient.id))!;
  expect(row.status).toBe('open');
  expect(steps(factsOf(row)).current).toBe('activate');

  await testEnv.startWorker();
  const told = await anna.mail(2);
  expect(told.subject).toBe(`Gemeente Voorbeeld: ${WORDS.accountOpened.nl.head.subject}`);
  await anna.open('/onboarding/finished');
  expect(anna.reads).toContain('Beste collega, dit is vertrouwelijk.');
});

it('with the engine unreachable the pages go on and the signals wait in the outbox', async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
  const anna = new Participant(testEnv);
  const sent = await anna.invited();
  expect(sent.recipient.onboarding).toEqual({ status: 'invited', step: 'terms' });
  const { sql } = testEnv.db;
  // Web has tried by then, and leaves it to a worker.
  const waiting = await eventually(async () => {
    const rows = await sql('outbox').where('nextTryAt', '<=', sql.fn.now());
    return rows.length ? rows : undefined;
  });
  expect(waiting).toHaveLength(1);
  const ready = await fetch(`${testEnv.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { database: true, temporal: false }]);
});
