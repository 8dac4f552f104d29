/** Temporal is stopped while people continue, and started again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTemporal, type Temporal } from '../../tools/local/temporal.ts';
import { findTemporal } from '../../tools/local/temporalCli.ts';
import { expectStatusToMatchDatabase } from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { Participant } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { WORDS } from '../kit/words.ts';

/** The promised time after Temporal's return. */
const CAUGHT_UP_WITHIN_MS = 10_000;
/** For all pages together; waiting for Temporal would cost seconds on each. */
const STEPS_WITHIN_MS = 5_000;

const folder = mkdtempSync(path.join(tmpdir(), 'instap-engine-'));
let temporal: Temporal;
let testEnv: TestEnvironment;

async function start(port?: number): Promise<void> {
  const found = await findTemporal(() => undefined);
  if ('hint' in found) throw new Error(found.hint);
  temporal = await startTemporal({
    cli: found.cli,
    dataFile: path.join(folder, 'state.db'),
    port,
    uiPort: false,
  });
}

beforeAll(async () => {
  await start();
  testEnv = await createTestEnvironment({
    temporalAddress: temporal.address,
    env: { TELL_WHEN_LATER_THAN: '1s' },
  });
});
afterAll(async () => {
  await testEnv.close();
  await temporal.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function readiness() {
  const answer = await fetch(`${testEnv.url}/readyz`);
  return { status: answer.status, ...((await answer.json()) as { database: boolean; temporal: boolean }) };
}

it('28: the engine is stopped while somebody does all the steps and is told so; within 10 s of its return the account is open and a mail says it', async () => {
  const anna = new Participant(testEnv);
  await anna.invited();
  await anna.mail();
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await temporal.stop();
  expect(await readiness()).toEqual({ status: 200, database: true, temporal: false });

  const begun = performance.now();
  await anna.to('finished');
  expect(performance.now() - begun).toBeLessThan(STEPS_WITHIN_MS);
  await anna.open('/onboarding/finished');
  expect(anna.path).toBe('/onboarding/finished');
  expect(anna.reads).toContain(WORDS.finished.nl.title);
  expect(anna.reads).toContain(WORDS.finished.nl.late);
  const bob = new Participant(testEnv);
  await bob.invited();
  expect((await anna.row()).status).toBe('open');

  await start(Number(temporal.address.split(':')[1]));
  const backAt = performance.now();
  const ready = await anna.mail(2);
  await bob.mail();
  const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  await expectStatusToMatchDatabase(testEnv, bob.personId);
  expect(performance.now() - backAt).toBeLessThan(CAUGHT_UP_WITHIN_MS);
  expect(ready.subject).toBe(`Gemeente Voorbeeld: ${WORDS.accountOpened.nl.head.subject}`);
  expect([row.status, said.step]).toEqual(['completed', 'done']);
  await eventually(async () => (await readiness()).temporal || undefined);
  await anna.open('/onboarding/finished');
  expect(anna.reads).toContain('Beste collega, dit is vertrouwelijk.');
});
