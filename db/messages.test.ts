/** Accepting messages: once, completely or not at all, and none ever forgotten. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce, newMessage, someAddress } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { addClient } from './clients.ts';
import { transaction } from './connect.ts';
import { writeLinkMail } from './invitations.ts';
import { acceptMessage, type NewMessage, newestMessagesTo } from './messages.ts';
import { onboardingOf } from './onboardings.ts';
import { findPersonByEmail } from './people.ts';
import { recipientOf } from './relations.ts';
import type { TableName } from './tables.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const TABLES: TableName[] = [
  'person',
  'onboarding',
  'message',
  'outbox',
  'audit',
  'idempotency_key',
  'temporary_password',
];

async function counts(): Promise<Record<string, number>> {
  const count = async (table: TableName) => {
    const { rows } = await testEnv.db.sql.raw<{ count: number }>(
      `select count(*)::int as count from ${table}`,
    );
    return [table, rows[0]!.count];
  };
  return Object.fromEntries(await Promise.all(TABLES.map(count)));
}

/** The rows that `work` added to each table. */
async function added(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await counts();
  await work();
  const after = await counts();
  return Object.fromEntries(TABLES.map((table) => [table, after[table]! - before[table]!]));
}

const accept = (message: NewMessage) =>
  acceptMessage(testEnv.db, message, ({ messageId, personId }) => ({ messageId, personId }));
const message = (given: Partial<NewMessage> = {}) => newMessage(testEnv.clientId, given);

const ONE_OF_EACH = {
  person: 1,
  onboarding: 1,
  message: 1,
  outbox: 1,
  audit: 1,
  idempotency_key: 1,
  temporary_password: 0,
};

describe('the same call', () => {
  it('100 times at once: one message, one onboarding, 100 equal answers', async () => {
    const same = message();
    let answers: unknown[] = [];
    const grown = await added(async () => {
      answers = await atOnce(100, () => accept(same));
    });
    expect(grown).toEqual(ONE_OF_EACH);
    expect(answers).toEqual(answers.map(() => answers[0]));
  });

  it('gives the same temporary password each time, when the sender passes it on', async () => {
    const same = message({ temporaryPassword: 'sender' });
    let answers: Awaited<ReturnType<typeof accept>>[] = [];
    const grown = await added(async () => {
      answers = await atOnce(20, () => accept(same));
    });
    expect(grown).toEqual({ ...ONE_OF_EACH, temporary_password: 1 });
    const [first] = answers;
    expect(first).toMatchObject({ temporaryPassword: expect.stringMatching(/^[a-z0-9-]{16,}$/) });
    for (const answer of answers) expect(answer).toEqual(first);
  });

  it('with another body under its key is refused, at once too, and writes nothing', async () => {
    const first = message();
    await accept(first);
    const other = { ...first, request: '{"other":true}', body: 'Iets anders' };
    const grown = await added(async () => {
      for (const answer of await atOnce(10, () => accept(other)))
        expect(answer).toEqual({ refused: 'key-used-differently' });
    });
    expect(Object.values(grown)).toEqual(TABLES.map(() => 0));
  });

  it('two bodies race for one key: one is taken, the other refused', async () => {
    const one = message();
    const other = { ...one, request: '{"other":true}' };
    const grown = await added(async () => {
      const answers = await Promise.all([accept(one), accept(other)]);
      expect(answers.filter((answer) => 'refused' in answer)).toHaveLength(1);
    });
    expect(grown).toEqual(ONE_OF_EACH);
  });

  it('of another organisation under the same key is another call', async () => {
    const key = randomUUID();
    const other = await addClient(testEnv.db, 'Provincie Voorbeeld');
    await accept(message({ idempotencyKey: key }));
    expect(await accept(newMessage(other.id, { idempotencyKey: key }))).toHaveProperty('answer');
  });
});

describe('messages to one person', () => {
  it('two first ones at once: one person, one onboarding, two messages', async () => {
    for (let round = 0; round < 10; round++) {
      const email = someAddress();
      const grown = await added(() =>
        Promise.all([accept(message({ email })), accept(message({ email: email.toUpperCase() }))]),
      );
      expect(grown).toEqual({ ...ONE_OF_EACH, message: 2, outbox: 2, audit: 2, idempotency_key: 2 });
    }
  });

  it('twenty at once from two organisations: one onboarding, whose version counts each', async () => {
    const other = await addClient(testEnv.db, 'Waterschap Voorbeeld');
    const email = someAddress();
    await atOnce(20, (i) => accept(newMessage(i % 2 ? other.id : testEnv.clientId, { email })));
    const person = await findPersonByEmail(testEnv.db, email);
    expect(await onboardingOf(testEnv.db, person!.id)).toMatchObject({ version: 20, status: 'open' });
  });

  it('each organisation sees its own messages only, and nobody it never wrote to', async () => {
    const other = await addClient(testEnv.db, 'Hogeschool Voorbeeld');
    const email = someAddress();
    await accept(message({ email, subject: 'Van de gemeente' }));
    const personId = (await findPersonByEmail(testEnv.db, email))!.id;
    expect(await recipientOf(testEnv.db, { clientId: other.id, personId })).toBeUndefined();
    await accept(newMessage(other.id, { email, subject: 'Van de hogeschool' }));
    const messages = await newestMessagesTo(testEnv.db, personId, 2);
    expect(messages.map(({ clientId, subject }) => [clientId, subject])).toEqual([
      [other.id, 'Van de hogeschool'],
      [testEnv.clientId, 'Van de gemeente'],
    ]);
    const { id: onboardingId } = (await onboardingOf(testEnv.db, personId))!;
    for (const { clientId, id } of messages) {
      const mail = { onboardingId, clientId, kind: 'invitation', sendKey: clientId } as const;
      const said = await transaction(testEnv.db, (tx) => writeLinkMail(tx, { ...mail, step: 'terms' }, 1));
      expect(said.saysMessage).toBe(id);
    }
  });
});

describe('whole or not at all', () => {
  it('a failure while the answer is made leaves nothing', async () => {
    const grown = await added(async () => {
      const failing = acceptMessage(testEnv.db, message(), () => {
        throw new Error('the answer could not be made');
      });
      await expect(failing).rejects.toThrow('the answer could not be made');
    });
    expect(Object.values(grown)).toEqual(TABLES.map(() => 0));
  });

  it('and the same call is taken when it is tried again', async () => {
    const again = message();
    const failing = acceptMessage(testEnv.db, again, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await added(() => accept(again))).toEqual(ONE_OF_EACH);
  });
});

describe('what is kept', () => {
  it('holds no address, text or subject in any row', async () => {
    const email = someAddress();
    await accept(
      message({ email, subject: 'Geheim onderwerp', body: 'Geheime tekst', mobile: '+31612345678' }),
    );
    for (const table of TABLES) {
      const rows = JSON.stringify(await testEnv.db.sql(table).select());
      for (const secret of [email, 'Geheim', '12345678', 'Afdeling'])
        expect(rows, `${table} holds ${secret}`).not.toContain(secret);
    }
  });

  it.each([
    ['markup', '<script>alert(1)</script> & "quotes"'],
    ['emoji and right-to-left', '🚲 مرحبا \u202e'],
    ['100,000 characters', 'é'.repeat(100_000)],
    ['signs a database dislikes', "'; drop table person; -- \u0000 \\ %s $1"],
  ])('comes back as it was sent: %s', async (_what, body) => {
    const email = someAddress();
    await accept(message({ email, body, subject: body.slice(0, 200) }));
    const personId = (await findPersonByEmail(testEnv.db, email))!.id;
    const [kept] = await newestMessagesTo(testEnv.db, personId, 1);
    expect(kept).toMatchObject({ body, subject: body.slice(0, 200) });
  });
});

it('an address is found whatever its capitals and spaces around it', async () => {
  const email = someAddress();
  await accept(message({ email: `  ${email.toUpperCase()} ` }));
  expect((await findPersonByEmail(testEnv.db, email))?.email).toBe(email);
  expect(await findPersonByEmail(testEnv.db, email.replace('anna.', 'anna+'))).toBeUndefined();
});
