/** The last page while the account is being opened: what it promises, and when. The test moves time. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { WORDS } from '../../test/kit/words.ts';

const SOON = 'Dat duurt meestal een paar tellen';
const LATE = 'Dan kunt u deze pagina sluiten. We sturen u een e-mail als uw toegang klaar is.';
const READY = '/onboarding/finished/ready';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

/** A person who saved the profile so many seconds ago, by the database's clock. */
async function finishedSince(seconds: number): Promise<Participant> {
  const anna = await new Participant(testEnv).to('finished');
  await savedBefore(anna, seconds);
  return anna;
}

async function savedBefore({ onboardingId: id }: Participant, seconds: number): Promise<void> {
  const profileSavedAt = testEnv.db.sql.raw(`clock_timestamp() - ? * interval '1 second'`, [seconds]);
  await testEnv.db.sql('onboarding').where({ id }).update({ profileSavedAt });
}

it('says a few seconds at first, and after 10 seconds that it takes longer and a mail follows', async () => {
  const anna = await finishedSince(0);
  await anna.open('/onboarding/finished');
  expect(anna.reads).toContain('Alles is opgeslagen');
  expect(anna.reads).toContain(SOON);
  expect(anna.reads).not.toContain('e-mail');

  await savedBefore(anna, 10);
  await anna.open('/onboarding/finished');
  expect(anna.reads).toContain('Alles is opgeslagen');
  expect(anna.reads).toContain(LATE);
  expect(anna.reads).not.toContain('paar tellen');

  await anna.submit({ locale: 'en', back: '/onboarding/finished' }, '/language');
  expect(anna.reads).toContain('Everything is saved');
  expect(anna.reads).toContain('you can close this page. We will e-mail you when your account is ready.');
});

it('tells the page that asks only what it does not say already', async () => {
  const anna = await finishedSince(0);
  expect((await anna.ask(`${READY}?told=soon`)).status).toBe(204);
  await savedBefore(anna, 10);
  const late = await anna.ask(`${READY}?told=soon`);
  expect([late.status, late.text]).toEqual([200, expect.stringContaining('We sturen u een e-mail')]);
  expect(late.text).toContain(`hx-get="${READY}?told=late"`);
  expect((await anna.ask(`${READY}?told=late`)).status).toBe(204);
});

it('who was promised a mail gets it when the account opens', async () => {
  const anna = await finishedSince(10);
  await anna.open('/onboarding/finished');
  expect(anna.reads).toContain(LATE);
  await testEnv.startWorker();
  // The invitation is no longer sent, because its step is past.
  const ready = await anna.mail();
  expect(ready.subject).toBe(`Gemeente Voorbeeld: ${WORDS.accountOpened.nl.head.subject}`);
  await testEnv.stopWorker();
});
