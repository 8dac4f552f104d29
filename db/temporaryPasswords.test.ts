/** Temporary passwords in mails: every try of one mail has the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPasswordFor } from '../test/kit/mailedPassword.ts';
import { atOnce, someAddress, somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { addClient } from './clients.ts';
import { endRelation } from './relations.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

it('is one, also when twenty tries ask for it at once before there is any', async () => {
  const { onboarding } = await somebody(testEnv);
  const given = await atOnce(20, () => temporaryPasswordFor(testEnv.db, onboarding.id));
  expect(new Set(given).size).toBe(1);
});

it('is none any more once the person chose a password, or it ended, also for a mail that is on its way', async () => {
  const { onboarding } = await somebody(testEnv);
  const { id: onboardingId } = onboarding;
  await temporaryPasswordFor(testEnv.db, onboardingId);
  const row = testEnv.db.sql('onboarding').where({ id: onboardingId });
  const mailed = testEnv.db.sql('temporary_password').where({ onboardingId });
  for (const columns of [
    { passwordChangedAt: new Date() },
    { passwordChangedAt: null, status: 'expired' as const },
  ]) {
    await mailed.clone().delete();
    await row.clone().update(columns);
    expect(await temporaryPasswordFor(testEnv.db, onboardingId)).toBeUndefined();
    expect(await mailed.clone()).toEqual([]);
  }
});

describe('a mail that may have left with what is no longer true', () => {
  const email = someAddress();
  const dueIn = async (onboardingId: string) =>
    (await testEnv.db.sql('onboarding').where({ id: onboardingId }).first())!.invitationDue;

  it('is another mail once an organisation passes the password on, and the same one until then', async () => {
    const { onboarding } = await somebody(testEnv, { email });
    const first = await dueIn(onboarding.id);
    await somebody(testEnv, { email });
    expect(await dueIn(onboarding.id)).toBe(first);
    const clientId = (await addClient(testEnv.db, 'Provincie Voorbeeld')).id;
    const { onboarding: row } = await somebody(testEnv, { email, clientId, temporaryPassword: 'sender' });
    const second = await dueIn(onboarding.id);
    expect(second).toBe(row.version);
    await somebody(testEnv, { email, clientId, temporaryPassword: 'sender' });
    expect(await dueIn(onboarding.id)).toBe(second);

    await endRelation(testEnv.db, { clientId, personId: row.personId });
    expect(await dueIn(onboarding.id)).toBeGreaterThan(second!);
  });
});
