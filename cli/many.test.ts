/** The commands about many people at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInvitedPerson, expectStatusToMatchDatabase, filtered } from '../test/kit/engine.ts';
import { Participant } from '../test/kit/participant.ts';
import { instap } from '../test/kit/process.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { INVITE_EVERY: '200ms' } });
});
afterAll(() => testEnv.close());

const mailsTo = async ({ email }: Participant): Promise<number> =>
  (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(email)).length;

it('invite-all: everybody whom a ready filter finds gets the mail again, and nobody else', async () => {
  const going = await createInvitedPerson(testEnv, 'terms');
  const stuck = [new Participant(testEnv), new Participant(testEnv)];
  for (const anna of stuck) {
    await anna.invited();
    await anna.mail();
    await anna.openLink();
    await anna.open('/onboarding/help');
    await anna.submit({ reason: 'other' });
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'help-asked' });
  }
  const { code, out } = await instap(testEnv, ['invite-all', 'stuck']);
  expect([code, out]).toEqual([0, expect.stringContaining('sending the invitation again to 2.')]);
  for (const anna of stuck) await anna.mail(2);
  expect(await mailsTo(going)).toBe(1);
});

it('invite-all: a filter of the operator’s own that finds nobody', async () => {
  const { code, out } = await instap(testEnv, ['invite-all', 'OnboardingStep = "profile"']);
  expect([code, out]).toEqual([0, 'nobody matches this filter\n']);
});

it('invite-all: a filter that is none is refused, and the ready ones are named', async () => {
  const { code, err } = await instap(testEnv, ['invite-all', 'everybody please']);
  expect(code).toBe(1);
  expect(err).toContain(
    'Temporal does not understand this filter. Ready-made ones: "stuck", "struggling", "waiting over 3 days"',
  );
});
