/** What an operator does by mistake: refused in words, or put right by the sender. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askFactorReset, cancelOnboarding, extendDeadline } from '../../workflows/signals.ts';
import {
  ask,
  createInvitedPerson,
  detailsSay,
  expectStatusToMatchDatabase,
  filtered,
  recipient,
  senderEvents,
} from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { linkIn, OWN_PASSWORD } from '../kit/pages.ts';
import { Participant } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { INVITE_EVERY: '200ms' } });
});
afterAll(() => testEnv.close());

/** Stopped half-way by an operator. */
async function cancelled(place: 'password' | 'profile'): Promise<Participant> {
  const anna = await createInvitedPerson(testEnv, place);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv
    .workflow(anna.onboardingId)
    .signal(cancelOnboarding, { by: 'j.de.vries', reason: 'pressed-by-mistake' });
  await eventually(async () => (await anna.row()).status === 'cancelled' || undefined);
  return anna;
}

const inviteAgain = (anna: Participant) => ask(testEnv, `POST /recipients/${anna.personId}/invitation`);

it('37: an operator cancels by mistake; the person’s page says who to ask, the sender and the operator see it', async () => {
  const anna = await cancelled('profile');
  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(said.step).toBe('cancelled');
  await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'cancelled' });
  await detailsSay(
    testEnv,
    anna.onboardingId,
    'by j.de.vries (pressed-by-mistake), cancelOnboarding: cancelled',
  );
  expect((await recipient(testEnv, anna.personId)).body.onboarding.status).toBe('cancelled');
  expect(await senderEvents(testEnv, anna.personId)).toContain('onboarding.cancelled');

  await anna.open('/onboarding/profile');
  expect(anna.notice).toBe('cancelled');
  await anna.open(linkIn(await anna.mail()));
  expect(anna.notice).toBe('cancelled');
});

it('37: an operator cancels by mistake; the sender invites again, every fact is kept, and the person finishes', async () => {
  const anna = await cancelled('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const before = await anna.row();
  expect((await inviteAgain(anna)).status).toBe(202);
  const mail = await anna.mail(2);
  const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(row).toMatchObject({ status: 'open', endedAt: null });
  for (const fact of ['termsAcceptedAt', 'passwordChangedAt', 'appVerifiedAt'] as const)
    expect(row[fact]).toEqual(before[fact]);
  expect(said).toMatchObject({ step: 'profile', problem: null });

  await anna.longAfter();
  const phone = anna.elsewhere();
  await phone.openLink(linkIn(mail));
  await phone.submit({ password: OWN_PASSWORD });
  await phone.submit({ token: await phone.token() });
  expect(phone.path).toBe('/onboarding/profile');
  await phone.doStep('profile');
  const { row: done } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(done.status).toBe('completed');
});

it('37: an operator cancels by mistake; the sender invites again in the same moment, ten times over, and none is lost', async () => {
  for (let round = 0; round < 10; round++) {
    const anna = await cancelled('password');
    expect((await inviteAgain(anna)).status).toBe(202);
    await anna.mail(2);
    const { row } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(row.status, `round ${round}`).toBe('open');
  }
});

it('37: an operator cancels by mistake; a new message starts it again, too', async () => {
  const anna = await cancelled('password');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await anna.invited({ subject: 'Nog een bericht' });
  await anna.mail(2);
  const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(row.status).toBe('open');
  expect(said.step).toBe('password');
});

const ORDER = { by: 'j.de.vries', reason: 'on-leave' };
const DAYS = 'give "days", from 1 to 365, or less than 0 for sooner';

it.each<[string, unknown, string]>([
  ['no days', ORDER, DAYS],
  ['a word', { ...ORDER, days: 'zeven' }, DAYS],
  ['none', { ...ORDER, days: 0 }, DAYS],
  ['a hundred years', { ...ORDER, days: 36_500 }, DAYS],
  ['no name', { days: 7, reason: 'on-leave' }, 'give "by"'],
  ['an address for a name', { ...ORDER, by: 'j@x.nl', days: 7 }, 'give "by"'],
  [
    'a reason in other words',
    { ...ORDER, reason: 'Anna called', days: 7 },
    'give "reason", one of person-called',
  ],
  ['a ticket in words', { ...ORDER, ticket: 'that of Anna', days: 7 }, 'give "ticket"'],
  ['a slip of the keys', { ...ORDER, days: 7, raison: 'left' }, 'there is no field "raison"; there are by'],
  ['a number alone', 7, 'give "by"'],
  ['nothing at all', null, 'give "by"'],
])(
  '36: a signal that makes no sense (%s); it is refused in words, and the person goes on',
  async (_what, input, words) => {
    const anna = await createInvitedPerson(testEnv, 'terms');
    const before = (await expectStatusToMatchDatabase(testEnv, anna.personId)).row;
    await testEnv.workflow(anna.onboardingId).signal(extendDeadline.name, input);
    const details = await detailsSay(testEnv, anna.onboardingId, 'extendDeadline was refused');
    expect(details).toContain(words);
    expect((await anna.row()).extraDays).toBe(before.extraDays);
    await anna.doStep('terms');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  },
);

it('36: a signal that makes no sense (cancel a finished one); it is refused in words, and the account stays open', async () => {
  const anna = await createInvitedPerson(testEnv, 'finished');
  const run = testEnv.workflow(anna.onboardingId);
  await run.result();
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await expect(run.signal(cancelOnboarding, { by: 'j.de.vries', reason: 'person-called' })).rejects.toThrow(
    'workflow execution already completed',
  );
  expect((await anna.row()).status).toBe('completed');
});

it('36: a signal whose mail cannot leave; the person finishes, and the run ends well', async () => {
  const cutOff = await createTestEnvironment({ env: { SMTP_URL: 'smtp://127.0.0.1:1' } });
  const anna = await new Participant(cutOff).to('profile');
  await expectStatusToMatchDatabase(cutOff, anna.personId);
  const run = cutOff.workflow(anna.onboardingId);
  await run.signal(askFactorReset, { by: 'j.de.vries', reason: 'lost-phone' });
  await eventually(async () => {
    const { raw } = await run.describe();
    const pending = raw.pendingActivities ?? [];
    return pending.some(({ activityType }) => activityType?.name === 'sendFactorReset') || undefined;
  });
  await anna.doStep('profile');
  await run.result();
  await expectStatusToMatchDatabase(cutOff, anna.personId);
  await cutOff.close();
});
