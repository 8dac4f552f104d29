/** Delivery reports about mails: signed by the provider; sender and operator see a bounce. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { invitationFor } from '../../db/invitations.ts';
import { beginTry, endTry, type MailKind, triesOf } from '../../db/sendTries.ts';
import type { TableName } from '../../db/tables.ts';
import { dump } from '../../test/kit/dump.ts';
import {
  ask,
  createInvitedPerson,
  expectStatusToMatchDatabase,
  filtered,
  recipient,
  senderEvents,
} from '../../test/kit/engine.ts';
import { eventually } from '../../test/kit/eventually.ts';
import { MAIL_WEBHOOK_SECRET, post, report, signed } from '../../test/kit/mailProvider.ts';
import { atOnce, someAddress } from '../../test/kit/message.ts';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

const env = { MAIL_WEBHOOK_SECRET };
/** Only web, with Temporal away: only what a test records is sent, and the outbox keeps its rows. */
let quiet: TestEnvironment;
beforeAll(async () => {
  quiet = await createTestEnvironment({ worker: false, env: { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' } });
});
afterAll(() => quiet.close());

const messageId = (mailId: string) => `<${mailId}@localhost>`;

/** Records a mail of this kind as handed over; returns its id. */
async function accepted(anna: Participant, kind: MailKind): Promise<string> {
  const { db, clientId } = anna.testEnv;
  const { onboardingId } = anna;
  const row = { onboardingId, clientId, kind: 'invitation', sendKey: randomUUID() } as const;
  const { id: subjectId } = await invitationFor(db, row);
  const id = await beginTry(db, { personId: anna.personId, channel: 'mail', kind, subjectId });
  await endTry(db, id, { outcome: 'accepted' });
  return subjectId;
}

async function invited(): Promise<Participant> {
  const anna = new Participant(quiet);
  await anna.invited();
  return anna;
}

const receipts = async ({ personId }: Participant) =>
  (await triesOf(quiet.db, personId)).map(({ receipt }) => receipt);
const signals = ({ onboardingId: subjectId }: Participant) =>
  quiet.db.sql('outbox').where({ subjectId, signal: 'mailReceipt' }).pluck('payload');
const problem = async ({ personId }: Participant) =>
  (await recipient(quiet, personId)).body.onboarding.problem;
const stuck = async ({ personId }: Participant) =>
  (await senderEvents(quiet, personId)).filter((type) => type === 'onboarding.stuck').length;

function withSignature(body: string, change: (signature: string) => string): Record<string, string> {
  const headers = signed(body);
  return { ...headers, 'webhook-signature': change(headers['webhook-signature']!) };
}

describe('a mail that came back', () => {
  it('27: is a problem that the operator and the sender see, until the address is corrected; then the person finishes', async () => {
    const testEnv = await createTestEnvironment({ env });
    try {
      const anna = await createInvitedPerson(testEnv, 'terms');
      const { messageId: sent } = await anna.mail();
      expect(await report(testEnv, sent!, 'bounced')).toBe(204);
      await eventually(
        async () => (await testEnv.status(anna.onboardingId)).problem === 'mail-undeliverable' || undefined,
      );
      await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'mail-undeliverable' });
      expect((await recipient(testEnv, anna.personId)).body.onboarding.problem).toBe('mail-undeliverable');
      expect(await senderEvents(testEnv, anna.personId)).toEqual(['onboarding.invited', 'onboarding.stuck']);

      const right = Object.assign(anna.elsewhere(), { email: `right.${anna.email}` });
      await ask(testEnv, `PATCH /recipients/${anna.personId}`, { body: { email: right.email } });
      const again = await right.mail();
      await eventually(async () => (await testEnv.status(anna.onboardingId)).problem === null || undefined);
      // The old mail bounces again, which does not matter, because a newer one arrived.
      expect(await report(testEnv, sent!, 'bounced')).toBe(204);
      expect(await report(testEnv, again.messageId!, 'delivered')).toBe(204);
      expect((await recipient(testEnv, anna.personId)).body.onboarding.problem).toBeUndefined();
      await right.to('finished');
      expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said).toMatchObject({
        step: 'done',
        problem: null,
      });
    } finally {
      await testEnv.close();
    }
  });

  it.each<MailKind>(['invitation', 'reminder'])(
    'counts once, reported 100 times at once: %s',
    async (kind) => {
      const anna = await invited();
      const mailId = await accepted(anna, kind);
      const answers = await atOnce(100, () => report(quiet, messageId(mailId), 'bounced'));
      expect(new Set(answers)).toEqual(new Set([204]));
      expect(await receipts(anna)).toEqual(['bounced']);
      expect([await stuck(anna), (await signals(anna)).length]).toEqual([1, 1]);
      expect(await problem(anna)).toBe('mail-undeliverable');
    },
  );

  it('is told to the workflow, once', async () => {
    const anna = await invited();
    const mailId = await accepted(anna, 'invitation');
    await report(quiet, messageId(mailId), 'bounced');
    await report(quiet, messageId(mailId), 'bounced');
    expect(await signals(anna)).toMatchObject([{ mailProblem: 'mail-undeliverable' }]);
  });

  it('counts also after it was said to be delivered; and once it came back, it was not delivered', async () => {
    const anna = await invited();
    const mailId = await accepted(anna, 'invitation');
    for (const [event, receipt] of [
      ['delivered', 'delivered'],
      ['bounced', 'bounced'],
      ['delivered', 'bounced'],
    ] as const) {
      await report(quiet, messageId(mailId), event);
      expect(await receipts(anna)).toEqual([receipt]);
    }
    expect(await problem(anna)).toBe('mail-undeliverable');
  });

  it('counts also when the worker died before it could write that the mail was taken', async () => {
    const anna = await invited();
    const subjectId = await accepted(anna, 'invitation');
    await quiet.db.sql('send_try').where({ subjectId }).update({ outcome: null, endedAt: null });
    await report(quiet, messageId(subjectId), 'bounced');
    expect(await problem(anna)).toBe('mail-undeliverable');
  });

  it('is no problem when a newer one arrived', async () => {
    const anna = await invited();
    const older = await accepted(anna, 'invitation');
    await report(quiet, messageId(await accepted(anna, 'reminder')), 'delivered');
    await report(quiet, messageId(older), 'bounced');
    expect(await receipts(anna)).toEqual(['delivered', 'bounced']);
    expect(await problem(anna)).toBeUndefined();
    expect(await signals(anna)).toEqual([]);
  });

  it('from an address that was corrected since changes nothing', async () => {
    const anna = await invited();
    const mailId = await accepted(anna, 'invitation');
    await ask(quiet, `PATCH /recipients/${anna.personId}`, { body: { email: someAddress() } });
    await report(quiet, messageId(mailId), 'bounced');
    expect(await problem(anna)).toBeUndefined();
    expect(await signals(anna)).toEqual([]);
  });

  it('after the account was opened is kept on record only', async () => {
    const anna = await new Participant(quiet).finished();
    const mailId = await accepted(anna, 'account-opened');
    await report(quiet, messageId(mailId), 'bounced');
    await report(quiet, messageId(await accepted(anna, 'invitation')), 'bounced');
    expect(await receipts(anna)).toEqual(['bounced', 'bounced']);
    expect((await anna.row()).mailRefusedAt).toBeNull();
    expect(await signals(anna)).toEqual([]);
  });
});

it('a mail that arrived is kept on record, and nothing else changes', async () => {
  const anna = await invited();
  const mailId = await accepted(anna, 'invitation');
  const before = await dump(quiet);
  expect(await report(quiet, messageId(mailId), 'delivered')).toBe(204);
  expect(await receipts(anna)).toEqual(['delivered']);
  expect(await dump(quiet)).toBe(before);
});

describe('a report', () => {
  let mailId: string;
  let body: string;
  let before: string;
  beforeEach(async () => {
    const anna = await invited();
    mailId = await accepted(anna, 'invitation');
    body = JSON.stringify({ messageId: messageId(mailId), event: 'bounced' });
    before = await whole();
  });

  const outbox = () => quiet.db.sql('outbox').orderBy('id').pluck('id'); // The poller may count tries at any time.
  const whole = async (except: TableName[] = []) =>
    `${await dump(quiet, ['outbox', ...except])}\n${JSON.stringify([await quiet.db.sql('send_try'), await outbox()])}`;
  const now = () => Math.floor(Date.now() / 1000);
  const corrupted = (signature: string) =>
    signature.replace(/^v1,(.)/, (_, first) => `v1,${first === 'A' ? 'B' : 'A'}`);

  it.each<[string, (body: string) => Record<string, string>]>([
    ['not at all', () => ({})],
    [
      'with another secret',
      (body) => signed(body, { secret: `whsec_${Buffer.alloc(32).toString('base64')}` }),
    ],
    ['for another body', () => signed('{}')],
    ['six minutes ago', (body) => signed(body, { at: now() - 360 })],
    ['in six minutes', (body) => signed(body, { at: now() + 360 })],
    ['under another id', (body) => ({ ...signed(body), 'webhook-id': 'another' })],
    [
      'at another time',
      (body) => ({ ...signed(body, { at: now() - 60 }), 'webhook-timestamp': String(now()) }),
    ],
    ['with one letter changed', (body) => withSignature(body, corrupted)],
    ['with half a signature', (body) => withSignature(body, (whole) => whole.slice(0, 20))],
    ['with no letter', (body) => withSignature(body, () => 'v1,')],
    ['without its version', (body) => withSignature(body, (whole) => whole.slice(3))],
    ['by another version', (body) => withSignature(body, (whole) => whole.replace('v1', 'v1a'))],
  ])('signed %s is refused, and changes nothing', async (_how, sign) => {
    const facts = await whole(['audit']);
    expect((await post(quiet, body, sign(body))).status).toBe(403);
    expect(await whole(['audit'])).toBe(facts);
    const newest = await quiet.db.sql('audit').orderBy('id', 'desc').first('event', 'personId');
    expect(newest).toEqual({ event: 'signature.refused', personId: null });
  });

  it.each<[string, (id: string) => string]>([
    ['no JSON', () => 'bounced'],
    ['nothing', () => ''],
    ['no object', () => '[]'],
    ['null', () => 'null'],
    ['no mail', () => JSON.stringify({ event: 'bounced' })],
    ['a mail that is no text', () => JSON.stringify({ messageId: 7, event: 'bounced' })],
    ['an endless name of a mail', () => JSON.stringify({ messageId: 'x'.repeat(2000), event: 'bounced' })],
    ['no event', (id) => JSON.stringify({ messageId: id })],
    ['another event', (id) => JSON.stringify({ messageId: id, event: 'opened' })],
  ])('of another form is refused in words: %s', async (_what, write) => {
    const wrong = write(messageId(mailId));
    const { status, text } = await post(quiet, wrong, signed(wrong));
    expect(status).toBe(400);
    expect(text).toContain('messageId');
    expect(await whole()).toBe(before);
  });

  it.each([
    ['a mail that is not known', `<${randomUUID()}@localhost>`],
    ["somebody else's mail", '<CAF=1+abc@mail.example.com>'],
    ['a text that is none', "' or 1=1 --"],
  ])('of %s is taken, and changes nothing', async (_what, id) => {
    expect(await report(quiet, id, 'bounced')).toBe(204);
    expect(await whole()).toBe(before);
  });

  it('may name the mail without brackets and in capitals, hold more fields, and be signed by two secrets', async () => {
    const other = JSON.stringify({
      messageId: `${mailId.toUpperCase()}@LOCALHOST`,
      event: 'delivered',
      at: 'today',
    });
    const headers = withSignature(other, (signature) => `v1,bm8= v2,bm8= ${signature}`);
    expect((await post(quiet, other, headers)).status).toBe(204);
    expect(await whole()).not.toBe(before);
  });

  it.each([
    ['NUL', '\\u0000'],
    ['half a character', '\\ud800'],
  ])('of a mail with %s in its name is no mail of ours, and changes nothing', async (_what, sign) => {
    for (const place of [`${sign}${mailId}`, `${mailId}${sign}`]) {
      const odd = `{"messageId":"<${place}@localhost>","event":"bounced"}`;
      expect((await post(quiet, odd, signed(odd))).status).toBe(204);
    }
    expect(await whole()).toBe(before);
  });

  it('that is too large is refused', async () => {
    const large = JSON.stringify({
      messageId: messageId(mailId),
      event: 'bounced',
      more: 'x'.repeat(20_000),
    });
    expect((await post(quiet, large, signed(large))).status).toBe(413);
    expect(await whole()).toBe(before);
  });

  it('is not asked for by GET', async () => {
    const answer = await fetch(`${quiet.url}/webhooks/mail`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });
});

it('without a secret there is no such page', async () => {
  const testEnv = await createTestEnvironment({ worker: false });
  const body = JSON.stringify({ messageId: messageId(randomUUID()), event: 'bounced' });
  expect((await post(testEnv, body, signed(body))).status).toBe(404);
  await testEnv.close();
});
