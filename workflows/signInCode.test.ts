/** A sign-in code that no provider accepts: it is given up when it expires, and the run ends normally. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { signInCodeWorkflowId } from './signals.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({
    env: { TWILIO_BASE_URL: 'http://127.0.0.1:1', SMS_CODE_TTL: '2s' },
  });
});
afterAll(() => testEnv.close());

it('an SMS that cannot be sent within the life of its code is too late, and nothing fails', async () => {
  const anna = await new Participant(testEnv).finished('sms');
  await anna.longAfter();
  const there = anna.elsewhere();
  await there.open('/sign-in');
  await there.submit({ email: anna.email, password: OWN_PASSWORD });
  const codes = testEnv.db.sql('sms_code').where({ personId: anna.personId, purpose: 'sign-in' });
  const { id } = await eventually(() => codes.clone().first('id'));
  await eventually(() =>
    testEnv.engine.workflow
      .getHandle(signInCodeWorkflowId(id))
      .describe()
      .then(
        () => true,
        () => undefined,
      ),
  );
  await testEnv.engine.workflow.getHandle(signInCodeWorkflowId(id)).result();
  expect(await codes.clone().first('failure', 'sentAt')).toEqual({ failure: 'too-late', sentAt: null });
});
