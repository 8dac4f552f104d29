/** A verified number is replaced: its owner is notified by SMS, once, whatever the provider answers at first. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { transaction } from '../db/connect.ts';
import { person } from '../db/people.ts';
import { setVerifiedPhone } from '../db/smsCodes.ts';
import { createInvitedPerson, expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { eventually, SOON_MS } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { type Participant, someNumber } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { HELP_CONTACT: '030 1234567' } });
});
afterAll(() => testEnv.close());

async function replaceNumber(anna: Participant): Promise<void> {
  await anna.open('/onboarding/sms');
  await anna.submit({ phone: someNumber(), password: OWN_PASSWORD, action: 'send' });
  await anna.doStep('smsCode');
}

const noticeOf = (anna: Participant) =>
  testEnv.db.sql('security_notice').where({ personId: anna.personId }).first();

it('the old number is told when, on what and where to ask, and nothing else', async () => {
  const anna = await createInvitedPerson(testEnv, 'profile', 'sms');
  await replaceNumber(anna);
  const told = await testEnv.phone.waitFor(
    ({ to, body }) => to === anna.phone && body.includes('ander mobiel nummer'),
    SOON_MS,
  );
  expect(told?.body).toMatch(
    /^\S+: \d+ \S+ \d{4} \d\d:\d\d CET is op een computer een ander mobiel nummer ingesteld. Was u dat niet\? Vraag meteen hulp bij 030 1234567.$/,
  );
  await eventually(async () => (await noticeOf(anna))?.sentAt ?? undefined);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it.each([
  ['is busy at first is told all the same', '0002', 'sentAt'],
  ['takes no SMS any more keeps nobody up', '0001', 'failedAt'],
] as const)('a number that %s', async (_, ending, becomes) => {
  const anna = await createInvitedPerson(testEnv, 'profile', 'sms');
  const old = someNumber(ending);
  await transaction(testEnv.db, async (tx) => setVerifiedPhone(tx, await person(tx, anna.personId), old));
  await replaceNumber(anna);
  await eventually(async () => (await noticeOf(anna))?.[becomes] ?? undefined);
  await anna.open('/onboarding/profile');
  await anna.doStep('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});
