/** Receipts of SMS, early, late and in any order, of which only those of the newest code matter. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askedCode } from '../test/kit/askedCode.ts';
import { somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { beginTry, endTry, triesOf } from './sendTries.ts';
import { markSmsFailed, markSmsSent, recordReceipt } from './smsCodes.ts';

const PHONE = '+31612345678';

let testEnv: TestEnvironment;
let personId: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  ({ personId } = await somebody(testEnv));
});

const ask = () => askedCode(testEnv, { personId, phone: PHONE, purpose: 'enrol' });

/** Asks again later than the wait before the next SMS. */
async function askLater(): Promise<string> {
  const tenMinutesBefore = (column: string) => testEnv.db.sql.raw(`?? - interval '10 minutes'`, [column]);
  await testEnv.db
    .sql('sms_code')
    .where({ personId })
    .update({ requestedAt: tenMinutesBefore('requested_at'), sentAt: tenMinutesBefore('sent_at') });
  return ask();
}

const row = (id: string) => testEnv.db.sql('sms_code').where({ id }).first();

describe('what happened to the SMS', () => {
  it('a failure that comes after it was handed over does not undo that', async () => {
    const id = await ask();
    await markSmsSent(testEnv.db, id, 'SM1');
    await markSmsFailed(testEnv.db, id, 'delayed');
    expect(await row(id)).toMatchObject({ failedAt: null, failure: null, providerId: 'SM1' });
  });

  it('a receipt of the older one of two codes is kept, and does not trouble the operator', async () => {
    const { db } = testEnv;
    const first = await ask();
    await markSmsSent(db, first, `SM${first}`);
    const second = await askLater();
    await markSmsSent(db, second, `SM${second}`);
    await recordReceipt(db, { providerId: `SM${first}`, failure: 'blocked' });
    expect(await row(first)).toMatchObject({ failure: 'blocked' });
    expect(await outboxPayloads()).toEqual([]);
    await recordReceipt(db, { providerId: `SM${second}`, failure: 'blocked' });
    expect(await outboxPayloads()).toMatchObject([{ smsCodeId: second, smsOutcome: 'failed' }]);
  });

  const outboxPayloads = async () => {
    const { id } = (await testEnv.db.sql('onboarding').where({ personId }).first('id'))!;
    return testEnv.db.sql('outbox').where({ subjectId: id, signal: 'smsReceipt' }).pluck('payload');
  };

  it('a receipt that comes before we wrote that it was handed over counts, once, and says that it was', async () => {
    const { db } = testEnv;
    const id = await ask();
    const tryId = await beginTry(db, { personId, channel: 'sms', kind: 'code', subjectId: id });
    for (let i = 0; i < 2; i++)
      await recordReceipt(db, { smsCodeId: id, providerId: 'SM1', failure: 'unreachable', reason: '30003' });
    expect(await markSmsSent(db, id, 'SM1')).toEqual({ failed: true });
    await endTry(db, tryId, { outcome: 'accepted' });
    expect(await row(id)).toMatchObject({ failure: 'unreachable', providerId: 'SM1' });
    expect((await row(id))!.sentAt).not.toBeNull();
    const [tried] = await triesOf(db, personId);
    expect(tried).toMatchObject({ outcome: 'accepted', receipt: 'bounced', reason: '30003' });
    expect(await outboxPayloads()).toMatchObject([{ smsCodeId: id, smsOutcome: 'failed' }]);
  });

  it('a code that was handed over twice has failed only when the last SMS of it did, and arrived with any', async () => {
    const { db } = testEnv;
    const id = await ask();
    await recordReceipt(db, { smsCodeId: id, providerId: 'SM1', failure: 'unreachable' });
    expect(await markSmsSent(db, id, 'SM2')).toEqual({ failed: false });
    await recordReceipt(db, { smsCodeId: id, providerId: 'SM1', failure: 'unreachable' });
    expect(await row(id)).toMatchObject({ failure: null });
    await recordReceipt(db, { smsCodeId: id, providerId: 'SM2', failure: 'blocked' });
    expect(await row(id)).toMatchObject({ failure: 'blocked' });
    await recordReceipt(db, { smsCodeId: id, providerId: 'SM1' });
    expect(await row(id)).toMatchObject({ failure: null, deliveredAt: expect.any(Date) });
  });

  it('one that went through after a delay is not a failure any more', async () => {
    const id = await ask();
    await markSmsFailed(testEnv.db, id, 'delayed');
    await markSmsSent(testEnv.db, id, 'SM1');
    expect(await row(id)).toMatchObject({ failedAt: null, failure: null });
  });
});
