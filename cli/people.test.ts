/** The commands about one person. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { someAddress } from '../test/kit/message.ts';
import { Participant } from '../test/kit/participant.ts';
import { instap } from '../test/kit/process.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { cancelOnboarding, onboardingWorkflowId } from '../workflows/signals.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { INVITE_EVERY: '200ms' } });
});
afterAll(() => testEnv.close());

async function invited(body?: object): Promise<Participant> {
  const anna = new Participant(testEnv);
  await anna.invited(body);
  await anna.mail();
  return anna;
}

it('find: where the person stands, and whom it is about, also for the address in capitals', async () => {
  const anna = await invited({ reference: 'HR-113' });
  const { out } = await instap(testEnv, `find ${anna.email.toUpperCase()}`);
  expect(out).toBe(
    [
      `person    ${anna.personId}\nstatus    open\nstep      terms\nworkflow  onboarding-${anna.onboardingId}`,
      `address   ${anna.email}`,
      `sender    Gemeente Voorbeeld, client ${testEnv.clientId}`,
      `message   ${anna.sent!.id}, Gemeente Voorbeeld, held, reference HR-113\n`,
    ].join('\n'),
  );
});

it('find: everybody whose sender gave the same reference; no other command does more than one', async () => {
  const reference = `bulk-${randomUUID()}`;
  const both = [await invited({ reference }), await invited({ reference })];
  const { out } = await instap(testEnv, ['find', reference]);
  for (const { personId } of both) expect(out).toContain(`person    ${personId}\n`);
  const { code, err } = await instap(testEnv, ['erase', reference]);
  expect([code, err]).toEqual([1, expect.stringMatching(/^2 people have a message with this reference/)]);
  for (const anna of both) expect(await anna.row()).toBeDefined();
});

it('find: the problem, what was chosen under help, and a link into the Temporal UI', async () => {
  const anna = await invited();
  await anna.openLink();
  await anna.open('/onboarding/help');
  await anna.submit({ reason: 'no-phone' });
  const { out } = await instap(testEnv, ['find', anna.onboardingId], {
    TEMPORAL_UI_URL: 'https://temporal.example.org/',
  });
  expect(out).toContain('problem   help-asked\nhelp      asked ');
  expect(out).toContain(': no-phone\n');
  expect(out).toContain(
    `link      https://temporal.example.org/namespaces/default/workflows/onboarding-${anna.onboardingId}\n`,
  );
});

it.each(['find', 'invite', 'erase', 'deliveries'])('%s: says what was not found', async (command) => {
  const id = onboardingWorkflowId(randomUUID());
  const { code, err } = await instap(testEnv, [command, id]);
  expect([code, err]).toEqual([1, expect.stringContaining(`not found: "${id}" is not the id of a person`)]);
});

it('erase and deliveries take an id, too', async () => {
  const anna = await invited();
  const workflow = onboardingWorkflowId(anna.onboardingId);
  expect((await instap(testEnv, ['deliveries', workflow])).out).toContain('invitation');
  expect((await instap(testEnv, ['erase', workflow])).out).toContain('erased');
  expect(await anna.row()).toBeUndefined();
});

it('invite: sends the invitation again', async () => {
  const anna = await invited();
  const { code, out } = await instap(testEnv, `invite ${anna.email}`);
  expect(code).toBe(0);
  expect(out).toContain(`workflow  onboarding-${anna.onboardingId}`);
  expect(out).not.toContain('starts again');
  await anna.mail(2);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('invite: starts a cancelled one again, with everything kept', async () => {
  const anna = await invited();
  await anna.to('password');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv
    .workflow(anna.onboardingId)
    .signal(cancelOnboarding, { by: 'j.de.vries', reason: 'pressed-by-mistake' });
  await eventually(async () => (await anna.row()).status === 'cancelled' || undefined);
  await expectStatusToMatchDatabase(testEnv, anna.personId);

  const { out } = await instap(testEnv, `invite ${anna.email}`);
  expect(out).toContain('the onboarding was cancelled and starts again, with everything kept');
  await anna.mail(2);
  const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(row.status).toBe('open');
  expect(said.step).toBe('password');
});

it('invite: refused in words for somebody whose account is open', async () => {
  const anna = await new Participant(testEnv).to('profile');
  await anna.openAccount();
  const { code, err } = await instap(testEnv, `invite ${anna.email}`);
  expect(code).toBe(1);
  expect(err).toBe('refused: the account is open, so no invitation is needed. The person can sign in\n');
});

it('invite: says where the temporary password comes from when the sender passes it on', async () => {
  const anna = await invited({ temporaryPassword: 'sender' });
  const { out } = await instap(testEnv, `invite ${anna.email}`);
  expect(out).toContain(`POST /api/v1/recipients/${anna.personId}/invitation`);
});

it.each(['find', 'invite', 'erase'])('%s: no person has this address', async (command) => {
  const { code, err } = await instap(testEnv, `${command} ${someAddress()}`);
  expect([code, err]).toEqual([1, 'no person has this address\n']);
});

it('erase: the person, and the run with its history', async () => {
  const anna = await invited();
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect((await instap(testEnv, `erase ${anna.email}`)).out).toContain('erased');
  expect(await anna.row()).toBeUndefined();
  await eventually(async () => {
    const described = await testEnv
      .workflow(anna.onboardingId)
      .describe()
      .catch(() => 'gone');
    return described === 'gone' || undefined;
  });
});
