/** Several actions of an onboarding at once, one of which the run only learns of when another one ends. */
import { expect, it } from 'vitest';
import { transaction } from '../db/connect.ts';
import { lockOnboarding, writeChange } from '../db/onboardings.ts';
import { addSmsCode } from '../db/smsCodes.ts';
import { expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { eventually, SOON_MS } from '../test/kit/eventually.ts';
import { holdMails } from '../test/kit/heldMails.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment } from '../test/kit/testEnvironment.ts';
import { smsRules } from '../web/smsRules.ts';

it('a code that the result of a mail tells of is sent at once', async (test) => {
  const held = await holdMails(test);
  const testEnv = await createTestEnvironment({ env: { SMTP_URL: held.url } });
  const anna = new Participant(testEnv);
  await anna.invited();
  const mail = await held.to(anna.email);
  await transaction(testEnv.db, async (tx) => {
    const row = await lockOnboarding(tx, anna.onboardingId);
    const { personId, phone } = anna;
    const asked = { personId, phone, purpose: 'enrol', challenge: personId } as const;
    const code = await addSmsCode(tx, { ...asked, rules: smsRules(testEnv.config) });
    if ('refused' in code) throw new Error(code.refused);
    await writeChange(tx, row, {
      signal: 'messageSent',
      event: 'sms.requested',
      smsCodeId: code.id,
      besides: code.writes,
    });
    // The signal that says so comes too late to matter.
    const later = tx.sql.raw(`now() + interval '1 hour'`);
    await tx.sql('outbox').where({ subjectId: row.id }).update({ nextTryAt: later });
  });
  mail.accept();
  expect(await testEnv.phone.waitFor(({ to }) => to === anna.phone, SOON_MS)).toBeDefined();
  await testEnv.db.sql('outbox').update({ nextTryAt: testEnv.db.sql.fn.now() });
  await eventually(async () => (await anna.row()).smsOutcome ?? undefined);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv.close();
});
