/** A record of every mail and its tries: written around each handover, without content or address. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { somebody } from '../test/kit/message.ts';
import { Participant } from '../test/kit/participant.ts';
import { openRawMailServer, type RawMailServer } from '../test/kit/rawMailServer.ts';
import { sendMessage } from '../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { beginTry, endTry, triesOf } from './sendTries.ts';

let server: RawMailServer;
let testEnv: TestEnvironment;
let dropping: TestEnvironment;
beforeAll(async () => {
  server = await openRawMailServer();
  [testEnv, dropping] = await Promise.all([
    createTestEnvironment(),
    createTestEnvironment({ env: { SMTP_URL: `smtp://127.0.0.1:${server.port}` } }),
  ]);
});
afterAll(async () => {
  await Promise.all([testEnv.close(), dropping.close()]);
  await server.close();
});

/** The tries for this address, oldest first, once there are `count` and the last has its outcome. */
async function tried(email: string, count: number, on = testEnv) {
  const { answer } = await sendMessage(on, { email });
  const tries = await eventually(async () => {
    const found = await triesOf(on.db, answer.recipient.id);
    return found.length >= count && found[0]?.outcome ? found.reverse() : undefined;
  });
  return tries.map(({ channel, kind, outcome, reason }) => [channel, kind, outcome, reason]);
}

it('has a mail that the server took', async () => {
  expect(await tried(new Participant(testEnv).email, 1)).toEqual([['mail', 'invitation', 'accepted', null]]);
});

it('has a mail that the server refused, with the code only', async () => {
  const email = `anna.${randomUUID()}@refused.example`;
  expect(await tried(email, 1)).toEqual([['mail', 'invitation', 'refused', '550 5.1.1']]);
});

it('has every try of a mail that the server put off', async () => {
  const failed = ['mail', 'invitation', 'failed', '451 4.3.2'];
  const email = `anna.${randomUUID()}@busy.example`;
  expect(await tried(email, 3)).toEqual([failed, failed, ['mail', 'invitation', 'accepted', null]]);
});

it('27: the server takes the mail and drops the line: it is sent again with the same Message-ID, and counts once', async () => {
  server.answer({ end: 'drop' });
  const anna = new Participant(dropping);
  const asked = tried(anna.email, 2, dropping);
  await eventually(async () => server.received[0]);
  server.answer({});
  expect(await asked).toEqual([
    ['mail', 'invitation', 'failed', 'ECONNECTION'],
    ['mail', 'invitation', 'accepted', null],
  ]);
  const ids = server.received.map((mail) => /^Message-ID: (\S+)$/m.exec(mail)![1]);
  expect(ids).toEqual([ids[0], ids[0]]);
  const sent = () => dropping.db.sql('onboarding').first('invitationsSent');
  await eventually(async () => (await sent())!.invitationsSent > 0 || undefined);
  expect(await sent()).toEqual({ invitationsSent: 1 });
});

it('has the notice of a message that was refused, and the message says so', async () => {
  const anna = await new Participant(testEnv, `anna.${randomUUID()}@refused.example`).finished();
  const { answer } = await sendMessage(testEnv, { email: anna.email });
  await eventually(async () => {
    const { body } = await ask<{ status: string }>(testEnv, `GET /messages/${answer.id}`);
    return body.status === 'undeliverable' || undefined;
  });
  await anna.open('/forgot-password');
  await anna.submit({ email: anna.email });
  const [newest, notice] = await eventually(async () => {
    const tries = await triesOf(testEnv.db, anna.personId);
    return tries[0]?.kind === 'password-reset' && tries[0].outcome ? tries : undefined;
  });
  expect(newest).toMatchObject({ outcome: 'refused', reason: '550 5.1.1' });
  expect(notice).toMatchObject({ kind: 'message-notice', subjectId: answer.id, outcome: 'refused' });
});

it('keeps the first outcome, and a try without one is shown as such', async () => {
  const { personId } = await somebody(testEnv);
  const subjectId = randomUUID();
  const mail = { personId, channel: 'mail', kind: 'reminder', subjectId } as const;
  const first = await beginTry(testEnv.db, mail);
  await endTry(testEnv.db, first, { outcome: 'failed', reason: 'ETIMEDOUT' });
  await endTry(testEnv.db, first, { outcome: 'accepted' });
  await beginTry(testEnv.db, mail);
  const tries = (await triesOf(testEnv.db, personId)).filter((one) => one.subjectId === subjectId);
  expect(tries).toMatchObject([{ outcome: null }, { outcome: 'failed', reason: 'ETIMEDOUT' }]);
});

it('goes with the person', async () => {
  const { personId } = await somebody(testEnv);
  await beginTry(testEnv.db, { personId, channel: 'sms', kind: 'code', subjectId: randomUUID() });
  await testEnv.db.sql('person').where({ id: personId }).delete();
  expect(await triesOf(testEnv.db, personId)).toEqual([]);
});
