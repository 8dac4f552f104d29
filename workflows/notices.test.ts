/** Several messages to a person with an open account: few mails, and everybody is told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClient, addKey } from '../db/clients.ts';
import { planNotice } from '../db/notices.ts';
import { createInvitedPerson, expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import type { Participant } from '../test/kit/participant.ts';
import { sendMessage } from '../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { messageNoticeWorkflowId } from './signals.ts';

const SENDER = 'Afdeling Personeel (Gemeente Voorbeeld)';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { NOTICE_EVERY: '3s' } });
});
afterAll(() => testEnv.close());

/** A person who has finished, and whom a first mail has just told of a message. */
async function justTold(): Promise<Participant> {
  const anna = await createInvitedPerson(testEnv, 'finished');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const { id } = await anna.invited();
  await over(id);
  return anna;
}

/** Its workflow has started and ended. */
async function over(id: string): Promise<void> {
  const run = testEnv.engine.workflow.getHandle(messageNoticeWorkflowId(id));
  await eventually(() => run.describe().catch(() => undefined));
  await run.result();
}

const send = async (anna: Participant, howMany: number): Promise<string[]> => {
  const sent = Array.from({ length: howMany }, () => sendMessage(testEnv, { email: anna.email }));
  return (await Promise.all(sent)).map(({ answer }) => answer.id);
};

const notices = async (anna: Participant) =>
  (await testEnv.mailbox.mails()).filter(
    ({ recipients, text }) => recipients.includes(anna.email) && text.includes(`${testEnv.url}/messages`),
  );

/** The message whose mail announces the others. */
const standsFor = async (ids: string[]): Promise<string> =>
  eventually(async () => {
    const rows = await testEnv.db.sql('message').whereIn('id', ids);
    const planned = rows.filter(({ toldWith, noticeDueAt }) => toldWith || noticeDueAt);
    return planned.length === ids.length ? rows.find(({ toldWith }) => !toldWith)!.id : undefined;
  });

it('the first is mailed at once, those that come after it in one mail together', async () => {
  const anna = await justTold();
  expect((await notices(anna)).length).toBe(1);
  const ids = await send(anna, 3);
  await over(await standsFor(ids));
  const [newest, ...before] = await notices(anna);
  expect(before).toHaveLength(1);
  expect(newest).toMatchObject({ subject: expect.stringContaining('er staan 3 vertrouwelijke berichten') });
  expect(newest!.text).toContain(`${SENDER} heeft u een vertrouwelijk bericht gestuurd, en er zijn nog 2`);
  expect(newest!.text).toContain(`${testEnv.url}/messages\n`);
  const unmentioned = testEnv.db.sql('message').whereIn('id', ids).whereNull('notifiedAt');
  expect(await unmentioned).toEqual([]);
});

it('what was read meanwhile is not mailed about', async () => {
  const anna = await justTold();
  const ids = await send(anna, 2);
  const own = await standsFor(ids);
  await anna.open('/onboarding/finished');
  for (const id of ids) await anna.open(`/messages/${id}`);
  await over(own);
  expect(await notices(anna)).toHaveLength(1);
  // Later messages are announced by another mail.
  const [next] = await send(anna, 1);
  await over(next!);
  expect(await notices(anna)).toHaveLength(2);
});

describe('which mail tells of a message', () => {
  it('is decided once, however many come at the same time', async () => {
    const anna = await createInvitedPerson(testEnv, 'finished');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    const ids = await send(anna, 8);
    const plans = await Promise.all([...ids, ...ids].map((id) => planNotice(testEnv.db, id, 60_000)));
    const own = ids.filter((_, i) => plans[i] !== 'told-with-another');
    expect(own.length).toBeGreaterThan(0);
    expect(plans.slice(8).map((plan) => plan === 'told-with-another')).toEqual(
      plans.slice(0, 8).map((plan) => plan === 'told-with-another'),
    );
    const told = await testEnv.db
      .sql('message')
      .whereIn('id', ids)
      .whereNotNull('toldWith')
      .select('toldWith');
    for (const { toldWith } of told) expect(own).toContain(toldWith);
  });

  it('is one of the same organisation', async () => {
    const anna = await justTold();
    const other = await addClient(testEnv.db, 'Waterschap Oost');
    const apiKey = await addKey(testEnv.db, { clientId: other.id, days: 1 });
    const theirs = await sendMessage(testEnv, { email: anna.email, apiKey });
    await over(theirs.answer.id);
    expect(await notices(anna)).toHaveLength(2);
  });
});
