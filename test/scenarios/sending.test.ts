/** More messages at any moment, and the same call repeated. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInvitedPerson, expectStatusToMatchDatabase } from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { atOnce, someAddress } from '../kit/message.ts';
import { Participant } from '../kit/participant.ts';
import { sendMessage } from '../kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

async function sendAlso({ email }: Participant, body: string): Promise<string> {
  const { status, answer } = await sendMessage(testEnv, { email, body: { body } });
  expect(status).toBe(202);
  return answer.id;
}

async function expectAllReadable(anna: Participant, sent: Map<string, string>): Promise<void> {
  for (const [id, body] of sent) {
    // A message to an open account is released by its own workflow.
    await eventually(async () => {
      await anna.open(`/messages/${id}`);
      return anna.page.status === 200 || undefined;
    });
    expect(anna.reads).toContain(body);
  }
  await anna.open('/messages');
  for (const id of sent.keys()) expect(anna.page.text).toContain(`/messages/${id}`);
}

it('23: a second message arrives at each step; one onboarding, and all of them are there to read', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const sent = new Map([[anna.sent!.id, 'Beste collega, dit is vertrouwelijk.']]);
  for (const step of ['terms', 'password', 'sms', 'smsCode', 'app'] as const) {
    sent.set(await sendAlso(anna, `Geschreven voor ${step}.`), `Geschreven voor ${step}.`);
    if (step === 'sms') await anna.readKey();
    await anna.doStep(step);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  }
  await anna.doStep('profile');
  expect(anna.path).toBe(`/messages/${anna.sent!.id}`);
  await expectAllReadable(anna, sent);
  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(said.step).toBe('done');
  expect(await testEnv.db.sql('onboarding').where({ personId: anna.personId })).toHaveLength(1);
});

it('23: messages arrive while the account is being opened, from before the last step to after it; none is lost', async () => {
  for (let round = 0; round < 4; round++) {
    const anna = await createInvitedPerson(testEnv, 'profile');
    const profile = await anna.rightFields('profile');
    const bodies = Array.from({ length: 12 }, (_, i) => `Bericht ${i} van ronde ${round}.`);
    const [, ids] = await Promise.all([
      anna.post(anna.path, profile),
      Promise.all(bodies.map((body) => sendAlso(anna, body))),
    ]);
    await eventually(async () => (await anna.row()).status === 'completed' || undefined);
    await expectAllReadable(anna, new Map(ids.map((id, i) => [id, bodies[i]!])));
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  }
});

it('24: the same API call is sent 100 times at once; one message, one workflow, one mail, 100 equal answers', async () => {
  const anna = new Participant(testEnv, someAddress());
  const call = { email: anna.email, key: randomUUID(), body: { temporaryPassword: 'sender' } };
  const answers = await atOnce(100, () => sendMessage(testEnv, call));
  expect(answers).toEqual(answers.map(() => answers[0]));
  expect(answers[0]!.status).toBe(202);
  const { id, recipient } = answers[0]!.answer;
  expect(await testEnv.db.sql('message').where({ personId: recipient.id })).toMatchObject([{ id }]);
  await anna.mail();
  const { row, said } = await expectStatusToMatchDatabase(testEnv, recipient.id);
  expect([row.version, said.invitationsSent]).toEqual([2, 1]);

  const query = `WorkflowId = 'onboarding-${row.id}'`;
  const runs = await eventually(async () => {
    const { count } = await testEnv.engine.workflow.count(query);
    return count || undefined;
  });
  expect(runs).toBe(1);
});
