/** Which mail announces a message: never one whose text was fixed before it came. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Participant } from '../test/kit/participant.ts';
import { sendMessage } from '../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { messageById, readMessage } from './messages.ts';
import { markNotified, noticeOf, planNotice } from './notices.ts';
import { unfinished } from './unfinished.ts';

const EVERY_MS = 60_000;

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
});
afterAll(() => testEnv.close());

const finished = () => new Participant(testEnv).finished();
const send = async ({ email }: Participant) => (await sendMessage(testEnv, { email })).answer.id;
const plan = (id: string) => planNotice(testEnv.db, id, EVERY_MS);

it('one that comes while a mail is being sent is told of by the next one', async () => {
  const anna = await finished();
  const first = await send(anna);
  expect(await plan(first)).toEqual({ waitMs: 0 });
  expect(await noticeOf(testEnv.db, first)).toMatchObject({ more: 0 });
  const second = await send(anna);
  expect(await plan(second)).toEqual({ waitMs: expect.any(Number) });
  await markNotified(testEnv.db, first);
  expect((await messageById(testEnv.db, second))?.notifiedAt).toBeNull();
  expect(await noticeOf(testEnv.db, second)).toMatchObject({ message: { id: second } });
});

it('a lost run is found when the message that stands for others was read, and they were not', async () => {
  const anna = await finished();
  const told = await send(anna);
  await plan(told);
  await markNotified(testEnv.db, told);
  const stands = await send(anna);
  const other = await send(anna);
  await plan(stands);
  expect(await plan(other)).toBe('told-with-another');
  const { id, personId } = (await messageById(testEnv.db, stands))!;
  await readMessage(testEnv.db, { id, personId });
  const lost: string[] = [];
  for await (const page of unfinished(testEnv.db, { notice: EVERY_MS, signInCode: EVERY_MS }))
    if (page.workflow === 'messageNotice') lost.push(...page.rows.map(({ id }) => id));
  expect(lost).toContain(stands);
});
