/** Delivery reports about the mail that announces a message: the message's sender is told. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { releaseMessage } from '../../db/messages.ts';
import { markNotified, markUndeliverable } from '../../db/notices.ts';
import { beginTry, endTry } from '../../db/sendTries.ts';
import { ask } from '../../test/kit/engine.ts';
import { MAIL_WEBHOOK_SECRET, report } from '../../test/kit/mailProvider.ts';
import { Participant } from '../../test/kit/participant.ts';
import { sendMessage } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

/** Only web, with Temporal away: only what a test records is sent. */
let quiet: TestEnvironment;
beforeAll(async () => {
  const env = { MAIL_WEBHOOK_SECRET, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  quiet = await createTestEnvironment({ worker: false, env });
});
afterAll(() => quiet.close());

/** A person with an open account and a second message, whose mail the server has accepted. */
async function second(): Promise<{ anna: Participant; id: string }> {
  const { db } = quiet;
  const anna = await new Participant(quiet).finished();
  const { id } = (await sendMessage(quiet, { email: anna.email })).answer;
  await releaseMessage(db, id);
  const { personId } = anna;
  const row = await beginTry(db, { personId, channel: 'mail', kind: 'message-notice', subjectId: id });
  await endTry(db, row, { outcome: 'accepted' });
  await markNotified(db, id);
  return { anna, id };
}

const bounces = (id: string) => report(quiet, `<${id}@localhost>`, 'bounced');
const statusOf = async (id: string) =>
  (await ask<{ status: string }>(quiet, `GET /messages/${id}`)).body.status;
const toldOf = (id: string) =>
  quiet.db.sql('event').whereRaw(`data->>'messageId' = ?`, [id]).orderBy('id').pluck('type');

it('came back: the message is undeliverable, which its sender is told once, until it is read', async () => {
  const { anna, id } = await second();
  expect(await statusOf(id)).toBe('notified');
  for (const _ of [1, 2]) await bounces(id);
  expect(await toldOf(id)).toEqual(['message.undeliverable']);
  expect(await statusOf(id)).toBe('undeliverable');
  // A try that was under way when it bounced does not change that.
  await markNotified(quiet.db, id);
  expect(await statusOf(id)).toBe('undeliverable');
  await anna.open(`/messages/${id}`);
  expect(await statusOf(id)).toBe('read');
});

it('came back: so is every message that it told of, but those that were read', async () => {
  const { anna, id } = await second();
  const others = [await anna.invited(), await anna.invited()].map((other) => other.id);
  await quiet.db.sql('message').whereIn('id', others).update({ toldWith: id });
  for (const other of others) await releaseMessage(quiet.db, other);
  await anna.open(`/messages/${others[0]}`);
  await bounces(id);
  expect(await Promise.all([id, ...others].map(statusOf))).toEqual([
    'undeliverable',
    'read',
    'undeliverable',
  ]);
  expect(await toldOf(others[1]!)).toEqual(['message.undeliverable']);
});

it('came back after the message was read: nothing is wrong', async () => {
  const { anna, id } = await second();
  await anna.open(`/messages/${id}`);
  await bounces(id);
  expect(await toldOf(id)).toEqual(['message.read']);
  expect(await statusOf(id)).toBe('read');
});

it('was refused, and taken later: the message is notified', async () => {
  const { id } = await second();
  await markUndeliverable(quiet.db, id);
  expect(await statusOf(id)).toBe('undeliverable');
  await markNotified(quiet.db, id);
  expect(await statusOf(id)).toBe('notified');
});
