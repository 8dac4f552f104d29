/** The command that lists what was sent to one person. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordMailReceipt } from '../db/mailReceipts.ts';
import { beginTry, endTry } from '../db/sendTries.ts';
import { Participant } from '../test/kit/participant.ts';
import { instap } from '../test/kit/process.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

it('deliveries: each mail and SMS, try by try, the newest first, with what became of it', async () => {
  const anna = new Participant(testEnv);
  const { recipient } = await anna.invited();
  const { out: nothing } = await instap(testEnv, `deliveries ${anna.email}`);
  expect(nothing).toBe('nothing has been sent yet\n');

  const subjectId = randomUUID();
  const mail = { personId: recipient.id, channel: 'mail', kind: 'invitation', subjectId } as const;
  await endTry(testEnv.db, await beginTry(testEnv.db, mail), { outcome: 'failed', reason: '451 4.3.2' });
  await endTry(testEnv.db, await beginTry(testEnv.db, mail), { outcome: 'accepted' });
  await recordMailReceipt(testEnv.db, { mailId: subjectId, delivered: true });
  await beginTry(testEnv.db, {
    personId: recipient.id,
    channel: 'sms',
    kind: 'code',
    subjectId: randomUUID(),
  });

  const { code, out } = await instap(testEnv, `deliveries ${anna.email}`);
  expect(code).toBe(0);
  const time = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/;
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => line.replace(time, 'AT').split(/ {2,}/))).toEqual([
    ['time (UTC)', 'by', 'what', 'outcome', 'reason', 'receipt'],
    ['AT', 'sms', 'code', 'under way'],
    ['AT', 'mail', 'invitation', 'accepted', 'delivered'],
    ['AT', 'mail', 'invitation', 'failed', '451 4.3.2'],
  ]);
});

it('deliveries: refused in words for an address that nobody has', async () => {
  const { code, err } = await instap(testEnv, `deliveries nobody.${randomUUID()}@example.com`);
  expect([code, err]).toEqual([1, 'no person has this address\n']);
});
