/** No more SMS for now: the form's own page says so, with a way on; nothing is lost, and it is reported once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWN_PASSWORD } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { expectRejected } from '../../test/kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

const PER_PERSON = 2;
const PER_NETWORK = 4;
const WORDS =
  'Vandaag kunnen we geen SMS meer sturen: er zijn er al te veel gestuurd. Gebruik de authenticatie-app';

let testEnv: TestEnvironment;
beforeAll(async () => {
  const env = { LIMIT_SMS_PER_DAY: String(PER_PERSON), LIMIT_SMS_PER_NETWORK: String(PER_NETWORK) };
  testEnv = await createTestEnvironment({ worker: false, env });
});
afterAll(() => testEnv.close());
beforeEach(() => testEnv.db.sql('attempt').delete());

const codesOf = ({ personId }: Participant) => testEnv.db.sql('sms_code').where({ personId });
const refusals = async (anna: Participant) =>
  (await anna.events()).filter((event) => event === 'codes.refused');
/** Moves everybody's SMS back in time, far enough for the next one. */
const hourLater = () =>
  testEnv.db.sql('sms_code').update({
    requestedAt: testEnv.db.sql.raw(`requested_at - interval '1 hour'`),
    sentAt: testEnv.db.sql.raw(`requested_at - interval '1 hour'`),
  });

async function send(anna: Participant): Promise<void> {
  await anna.open('/onboarding/sms');
  await anna.askCode(anna.phone);
}

/** Requests as many as one person may have. */
async function atTheLimit(anna: Participant): Promise<Participant> {
  for (let i = 0; i < PER_PERSON; i++) {
    await send(anna);
    await hourLater();
  }
  return anna;
}

describe('of one person', () => {
  it('is said at the number, which stays, with a link to the app, which goes on', async () => {
    const anna = await atTheLimit(await new Participant(testEnv).to('sms'));
    await send(anna);
    expect(anna.path).toBe('/onboarding/sms');
    expectRejected(anna, 'phone', WORDS);
    expect(anna.page.text).toContain(`value="${anna.phone}"`);
    expect(anna.page.text).toContain('href="/onboarding/app">Naar de authenticatie-app</a>');
    expect(await codesOf(anna)).toHaveLength(PER_PERSON);
    await anna.open('/onboarding/app');
    await anna.doStep('app');
    expect((await anna.row()).codesRefusedAt).toBeNull();
  });

  it('is told once, however often the person asks, also at once', async () => {
    const anna = await atTheLimit(await new Participant(testEnv).to('sms'));
    await testEnv.db.sql('attempt').delete();
    const { version } = await anna.row();
    const posts = [1, 2, 3].map(() => anna.post('/onboarding/sms', { phone: anna.phone, action: 'send' }));
    expect((await Promise.all(posts)).map(({ status }) => status)).toEqual([422, 422, 422]);
    expect((await anna.row()).version).toBe(version + 1);
    expect(await refusals(anna)).toHaveLength(1);
    const told = await testEnv.db.sql('event').where({ personId: anna.personId, type: 'onboarding.stuck' });
    expect(told.map(({ data }) => data)).toEqual([{ problem: 'too-many-codes' }]);
  });

  it('is over as soon as an operator allows more', async () => {
    const anna = await atTheLimit(await new Participant(testEnv).to('sms'));
    await send(anna);
    expect(anna.page.status).toBe(422);
    const { id } = await anna.row();
    await testEnv.db.sql('onboarding').where({ id }).update({ codesAllowedFrom: testEnv.db.sql.fn.now() });
    await send(anna);
    expect(anna.path).toBe('/onboarding/sms/code');
    expect((await anna.row()).codesRefusedAt).toBeNull();
  });
});

describe('of one network address', () => {
  async function useUp(): Promise<void> {
    for (let i = 0; i < PER_NETWORK; i++) await send(await new Participant(testEnv).to('sms'));
  }

  it('is said on the page, and the person stays on the way with the app', async () => {
    const bob = await new Participant(testEnv).to('sms');
    await useUp();
    await send(bob);
    expect(bob.path).toBe('/onboarding/sms');
    expectRejected(bob, 'phone', WORDS);
    expect(await codesOf(bob)).toHaveLength(0);
    expect(await refusals(bob)).toHaveLength(1);
    await bob.open('/onboarding/app');
    await bob.doStep('app');
    expect(bob.path).toBe('/onboarding/sms');
  });

  it('is said at sign-in, too, and the app works there', async () => {
    const anna = await new Participant(testEnv).finished('both');
    await anna.longAfter();
    await useUp();
    const laptop = anna.elsewhere();
    await laptop.open('/sign-in');
    await laptop.submit({ email: anna.email, password: OWN_PASSWORD });
    await laptop.submit({ action: 'resend' }, '/sign-in/sms');
    expectRejected(laptop, 'code', WORDS);
    expect((await anna.events()).filter((event) => event === 'sms.limited')).toHaveLength(1);
    await laptop.open('/sign-in/app');
    await laptop.submit({ token: await laptop.token() });
    expect(laptop.path).toBe('/messages');
  });
});
