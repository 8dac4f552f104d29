/** Finding the person of a command: the same one by every id that an operator or a sender sees. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { person, sealFor } from '../db/people.ts';
import { expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import {
  closedSignInWorkflowId,
  messageNoticeWorkflowId,
  onboardingWorkflowId,
  passwordResetWorkflowId,
  securityNoticeWorkflowId,
  signInCodeWorkflowId,
} from '../workflows/signals.ts';
import { findPeople, findPerson } from './person.ts';

const REFERENCE = 'HR 2026/113';

let testEnv: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
  anna = new Participant(testEnv);
  await anna.invited({ reference: REFERENCE });
  await anna.mail();
  await anna.to('finished', 'sms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await anna.open('/forgot-password');
  await anna.submit({ email: anna.email });
});
afterAll(() => testEnv.close());

const idIn = async (table: 'sms_code' | 'reset_link') =>
  (await testEnv.db.sql(table).where({ personId: anna.personId }).first('id'))!.id;
async function noticeId(): Promise<string> {
  const given = { id: randomUUID(), personId: anna.personId, phone: 'sealed', device: 'phone' } as const;
  await testEnv.db.sql('security_notice').insert({ ...given, failedAt: testEnv.db.sql.fn.now() });
  return given.id;
}
const messageIdOf = async (nth: number) => (await anna.mail(nth)).messageId!;

it.each<[string, () => string | Promise<string>]>([
  ['the address', () => ` ${anna.email.toUpperCase()}`],
  ['the person, which is the recipient of the API', () => anna.sent!.recipient.id],
  ['the id in capitals', () => anna.personId.toUpperCase()],
  ['the onboarding', () => anna.onboardingId],
  ['its workflow', () => onboardingWorkflowId(anna.onboardingId)],
  ['a message', () => anna.sent!.id],
  ['the workflow of its notice', () => messageNoticeWorkflowId(anna.sent!.id)],
  ['the reference that the sender gave it', () => REFERENCE],
  ['the Message-ID of the invitation', () => messageIdOf(1)],
  ['the Message-ID of the mail of a reset', () => messageIdOf(2)],
  ['the workflow of an SMS', async () => signInCodeWorkflowId(await idIn('sms_code'))],
  ['the workflow of a closed sign-in', () => closedSignInWorkflowId(anna.personId)],
  ['the workflow of a reset', async () => passwordResetWorkflowId(await idIn('reset_link'))],
  ['the workflow of a security notice', async () => securityNoticeWorkflowId(await noticeId())],
])('%s', async (_what, id) => {
  expect(await findPeople(testEnv.db, await id())).toEqual({ personIds: [anna.personId] });
});

it.each([
  randomUUID(),
  onboardingWorkflowId(randomUUID()),
  'onboarding-12',
  'hr 2026/113',
  `${randomUUID()}@x.nl`,
])('nobody: %s', async (id) => {
  const words = id.includes('@')
    ? 'no person has this address'
    : `not found: "${id}" is not the id of a person`;
  expect(await findPeople(testEnv.db, id)).toEqual({ nobody: expect.stringContaining(words) });
});

it('a reference that was given to two people is of no use where one is meant', async () => {
  const reference = randomUUID();
  const others = [new Participant(testEnv), new Participant(testEnv)];
  for (const other of others) await other.invited({ reference });
  const personIds = others.map(({ personId }) => personId);
  expect(await findPeople(testEnv.db, reference)).toEqual({ personIds });
  expect(await findPerson(testEnv.db, reference)).toEqual({
    refused: expect.stringMatching(/^2 people have/),
  });
});

it('a reference is found among more messages than are read at once', async () => {
  const to = await person(testEnv.db, anna.personId);
  const text = (nth: number) =>
    JSON.stringify({ from: { name: 'A' }, subject: 'B', body: 'C', reference: `one of many ${nth}` });
  const rows = Array.from({ length: 1_200 }, (_, nth) => {
    const id = randomUUID();
    const sealed = sealFor(testEnv.db, to).seal(text(nth), { table: 'message', column: 'sealed', row: id });
    return { id, clientId: testEnv.clientId, personId: to.id, sealed };
  });
  await testEnv.db.sql('message').insert(rows);
  const found = await Promise.all([0, 600, 1_199].map((nth) => findPeople(testEnv.db, `one of many ${nth}`)));
  expect(found).toEqual(Array(3).fill({ personIds: [anna.personId] }));
});
