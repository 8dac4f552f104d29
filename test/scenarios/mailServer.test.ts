/** A mail server accepts a mail without confirming it: the workflow sends it again. */
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { extendDeadline } from '../../workflows/signals.ts';
import { detailsSay, expectStatusToMatchDatabase } from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { Participant } from '../kit/participant.ts';
import { openRawMailServer, type RawMailServer } from '../kit/rawMailServer.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

let server: RawMailServer;
let testEnv: TestEnvironment;
beforeAll(async () => {
  server = await openRawMailServer();
  testEnv = await createTestEnvironment({ env: { SMTP_URL: `smtp://127.0.0.1:${server.port}` } });
});
afterAll(async () => {
  await testEnv.close();
  await server.close();
});

it('27: the mail server takes the mail and drops the line; it is sent again, with the same Message-ID, text and link, whatever came in between', async () => {
  server.answer({ end: 'drop' });
  const anna = new Participant(testEnv);
  await anna.invited();
  await eventually(async () => server.received.length >= 1 || undefined);
  await anna.invited({ from: { name: 'Een andere afdeling' } });
  await testEnv
    .workflow(anna.onboardingId)
    .signal(extendDeadline, { days: 7, by: 'j.de.vries', reason: 'on-leave' });
  await detailsSay(testEnv, anna.onboardingId, '7 days later');
  const sofar = server.received.length;
  await eventually(async () => server.received.length > sofar || undefined);
  server.answer({});
  const { row, said } = await eventually(async () => {
    const now = await expectStatusToMatchDatabase(testEnv, anna.personId);
    return now.said.invitationsSent > 0 ? now : undefined;
  });
  expect([row.invitationsSent, said.invitationsSent, said.problem]).toEqual([1, 1, null]);

  const mails = await Promise.all(server.received.map((raw) => simpleParser(raw)));
  expect(mails.length).toBeGreaterThan(sofar);
  expect(mails.length).toBeGreaterThanOrEqual(2);
  const [{ messageId, text, html } = { messageId: '', text: '', html: '' }, ...repeats] = mails;
  expect(text).toContain(`${testEnv.url}/i/`);
  for (const again of repeats) expect(again).toMatchObject({ messageId, text, html });
  await anna.openLink(new URL(/https?:\/\/\S+\/i\/\S+/.exec(text!)![0]).pathname);
  expect(anna.path).toBe('/onboarding/terms');
});

it('27: taken and not said so, while a step was written; it is not sent again with the words of another step', async () => {
  server.received.length = 0;
  const remind = { REMIND_AFTER: '4s,1h', REMIND_FROM_HOUR: '0', REMIND_UNTIL_HOUR: '24' };
  const other = await createTestEnvironment({
    env: { ...remind, SMTP_URL: `smtp://127.0.0.1:${server.port}` },
  });
  const anna = new Participant(other);
  await anna.invited();
  await eventually(async () => server.received.length >= 1 || undefined);
  server.answer({ end: 'drop' });
  await eventually(async () => server.received.length >= 2 || undefined);
  // It waited for the row and bears the time when it came, before the mail was written; the mail has it at a step before.
  const accepted = { termsAcceptedAt: other.db.sql.ref('progressed_at') };
  await other.db.sql('onboarding').where({ id: anna.onboardingId }).update(accepted);
  const tries = () =>
    other.db.sql('send_try').where({ personId: anna.personId, kind: 'reminder' }).pluck('outcome');
  const failedBy = (await tries()).length;
  await eventually(async () => {
    const { raw } = await other.workflow(anna.onboardingId).describe();
    return raw.pendingActivities?.length ? undefined : true;
  });
  server.answer({});
  expect((await tries()).length).toBeLessThanOrEqual(failedBy + 1);
  const texts = await Promise.all(server.received.map(async (raw) => (await simpleParser(raw)).text));
  expect(new Set(texts.slice(1)).size).toBe(1);
  await other.close();
});
