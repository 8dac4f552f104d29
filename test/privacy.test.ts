/**
 * Nothing personal or secret in Temporal, the logs or a dump of the database: runs the whole story, including
 * failures, with canary values, then searches everything for them, plain and in the usual encodings.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onboardingOf } from '../db/onboardings.ts';
import { tokenOf } from '../tools/tryout/authenticator.ts';
import { runsOf } from '../workflows/signals.ts';
import { blindSpots, searchFor } from './chaos/canaryValues.ts';
import { everything } from './kit/dump.ts';
import { eventually } from './kit/eventually.ts';
import { linkIn, OWN_PASSWORD, temporaryPasswordIn, visible } from './kit/pages.ts';
import { Participant } from './kit/participant.ts';
import { sendMessage } from './kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from './kit/testEnvironment.ts';
import { WORDS } from './kit/words.ts';

const PHONE = '+31687654321';
const REFUSED_PHONE = '+31612340001';

const CANARIES = {
  email: 'planted.address@example.com',
  subject: 'Zeldzaam-onderwerp-7391',
  body: 'Geheime-inhoud-5528 voor niemand anders',
  sender: 'Afdeling-Kwartelstaart',
  senderEmail: 'kwartelstaart@example.org',
  reference: 'Kenmerk-Zilverreiger',
  initials: 'Q.X.Z.W.V.U.',
  firstName: 'Wilhelmina-Ypsilon',
  lastName: 'Brandgans-Oeverloper',
  reply: 'Afwezig-tot-de-ijsvogel',
};

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

/** Histories, descriptions and list entries of every workflow of this test environment, with payloads also decoded. */
async function engineText(): Promise<string> {
  const parts: string[] = [];
  for await (const run of testEnv.engine.workflow.list({
    query: runsOf(testEnv.config.TEMPORAL_TASK_QUEUE),
  })) {
    const handle = testEnv.engine.workflow.getHandle(run.workflowId, run.runId);
    const raw = [run.raw, await handle.fetchHistory(), (await handle.describe()).raw];
    for (const text of raw.map((one) => JSON.stringify(one))) {
      const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)];
      parts.push(text, ...payloads.map(([, data = '']) => Buffer.from(data, 'base64').toString()));
    }
  }
  return parts.join('\n');
}

it('leaves none of it anywhere after a whole onboarding with failures', async () => {
  const anna = new Participant(testEnv, CANARIES.email);
  const { answer: sent } = await sendMessage(testEnv, {
    email: CANARIES.email,
    body: {
      from: { name: CANARIES.sender, email: CANARIES.senderEmail },
      subject: CANARIES.subject,
      body: CANARIES.body,
      reference: CANARIES.reference,
    },
  });
  const mail = await anna.mail();
  const token = linkIn(mail).replace('/i/', '');
  const temporary = temporaryPasswordIn(mail);
  await anna.openLink(linkIn(mail));
  await anna.acceptTerms();
  await anna.choosePassword('not the temporary one');
  await anna.choosePassword(temporary);
  await anna.askCode(REFUSED_PHONE);
  await eventually(async () => {
    await anna.open('/onboarding/sms/code');
    return anna.reads.includes(WORDS.smsDelivery.nl.titles['bad-number']) || undefined;
  });
  await anna.open('/onboarding/sms');
  await anna.askCode(PHONE);
  const code = await anna.code(PHONE);
  await anna.enterCode(code === '000000' ? '000001' : '000000');
  await anna.enterCode(code);
  const { secret } = anna;
  const appToken = tokenOf(secret);
  await anna.registerApp(appToken);
  const { initials, firstName, lastName } = CANARIES;
  await anna.saveProfile({ initials, firstName, lastName, autoReply: 'yes', autoReplyText: CANARIES.reply });
  expect(visible(anna.page.text)).toContain(CANARIES.body);
  const row = (await onboardingOf(testEnv.db, sent.recipient.id))!;
  await eventually(async () => (await testEnv.status(row.id)).step === 'done' || undefined);

  // Forgotten twice: the first is answered by a worker, the second still waits while everything is searched.
  await anna.post('/forgot-password', { email: CANARIES.email });
  await eventually(async () => (await testEnv.db.sql('reset_link').whereNotNull('sentAt'))[0]);
  await testEnv.stopWorker();
  await anna.post('/forgot-password', { email: CANARIES.email });

  const secrets: Record<string, string> = {
    ...CANARIES,
    link: token,
    temporary,
    own: OWN_PASSWORD,
    secret,
    session: anna.cookies.get('__Host-session')!,
    apiKey: testEnv.apiKey,
    secretKey: testEnv.config.SECRET_KEYS[0]!.key.toString('base64'),
  };
  const canaries = {
    values: new Map(Object.entries(secrets).map(([name, value]) => [value, name])),
    numbers: [PHONE, REFUSED_PHONE],
  };
  const search = searchFor(canaries);
  expect(blindSpots(search, canaries)).toEqual([]);
  // Short digit strings occur by chance in long numbers, so they are searched as whole numbers.
  const asNumber = (text: string) =>
    [code, appToken, PHONE.slice(3)].filter((digits) =>
      new RegExp(`(?<![\\w.-])${digits}(?![\\w-])`).test(text),
    );

  const engine = await engineText();
  expect(engine).toMatch(/"termsAccepted":\d/); // The payloads are read indeed.
  expect(search.foundIn(engine)).toEqual([]);
  expect(asNumber(engine)).toEqual([]);

  const database = [...(await everything(testEnv)).values()].join('\n');
  expect(database.includes('profile.saved')).toBe(true);
  expect(await testEnv.db.sql('password_request')).toHaveLength(1);
  expect(search.foundIn(database)).toEqual([]);
  expect(asNumber(database)).toEqual([]);

  const logs = testEnv.logged.join('\n');
  expect(search.foundIn(logs)).toEqual([]);
});
