/** Everything proven, refused or limited is audited, with its network and without any secret. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { send } from '../test/kit/api.ts';
import { from } from '../test/kit/from.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

const HERE = '192.0.2.1';
const WRONG = 'geen enkele goede 12';
const PASSWORD_TRIES = 10;
/** Per session or network in 15 minutes. */
const REFUSALS_WRITTEN = 20;

let testEnv: TestEnvironment;
let before: string[];
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { TRUST_PROXY: '1' } });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  before = await testEnv.db.sql('audit').pluck('id');
});

async function written() {
  const rows = await testEnv.db.sql('audit').orderBy('id');
  return rows.filter(({ id }) => !before.includes(id));
}
async function at(...given: Parameters<Participant['to']>): Promise<Participant> {
  const anna = await from(HERE, new Participant(testEnv)).to(...given);
  before = await testEnv.db.sql('audit').pluck('id');
  return anna;
}
const repeat = async (count: number, ask: () => Promise<unknown>) => {
  for (let i = 0; i < count; i++) await ask();
};
const times = (count: number, event: string) => Array.from({ length: count }, () => event);

/** The audited events so far, all of this person and from one network. */
async function eventsOf(anna: Participant): Promise<string[]> {
  const entries = await written();
  expect([...new Set(entries.map(({ personId }) => personId))]).toEqual([anna.personId]);
  const networks = [...new Set(entries.map(({ network }) => network))];
  expect(networks).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  return entries.map(({ event }) => event);
}

describe('a temporary password', () => {
  const choose = (anna: Participant, currentPassword: string, newPassword = OWN_PASSWORD) =>
    anna.submit({ currentPassword, newPassword, newPasswordAgain: newPassword });

  it('typed wrongly ten times and more leaves each that was compared, and once that the limit was reached', async () => {
    const anna = await at('password');
    await repeat(PASSWORD_TRIES + 3, () => choose(anna, WRONG));
    const refused = times(PASSWORD_TRIES, 'temporary_password.refused');
    expect(await eventsOf(anna)).toEqual([...refused, 'limit.reached']);
    expect((await written()).at(-1)?.details).toEqual({ limit: 'temporary-password' });
    expect(JSON.stringify(await written())).not.toContain(WRONG);
  });

  it('that was right is there, also when the step is refused', async () => {
    const anna = await at('password');
    await choose(anna, await anna.temporaryPassword(), 'kort');
    expect(anna.page.status).toBe(422);
    expect(await eventsOf(anna)).toEqual(['temporary_password.proven']);
  });
});

describe('the password', () => {
  it('when going on: each that was compared, right or wrong', async () => {
    const anna = await at('sms');
    const there = from(HERE, anna.elsewhere());
    await there.openLink();
    await there.submit({ password: WRONG });
    await there.submit({ password: OWN_PASSWORD });
    expect(await eventsOf(anna)).toEqual(['password.refused', 'password.proven']);
  });

  it('at the sign-in, of an address that nobody has: without a person', async () => {
    const stranger = from(HERE, new Participant(testEnv));
    await stranger.post('/sign-in', { email: 'nobody@example.com', password: WRONG });
    expect(await written()).toMatchObject([
      { event: 'password.refused', personId: null, network: expect.any(String), details: {} },
    ]);
    expect(JSON.stringify(await written())).not.toContain('nobody@');
  });
});

it('a wrong token while the app is set up is there, with its verdict', async () => {
  const anna = await at('app');
  await anna.submit({ token: '000000' });
  expect(await eventsOf(anna)).toEqual(['app.refused']);
  expect((await written())[0]?.details).toEqual({ verdict: 'wrong' });
});

it('a form token that is refused is there, up to a limit that is there, too', async () => {
  const anna = await at('terms');
  await repeat(REFUSALS_WRITTEN + 5, () => anna.post('/onboarding/terms', { accept: 'yes', formToken: 'x' }));
  const refused = times(REFUSALS_WRITTEN, 'form_token.refused');
  expect(await eventsOf(anna)).toEqual([...refused, 'limit.reached']);
});

it('an API key that does not count is there, and not the key', async () => {
  const key = 'no-key-of-ours';
  const { status } = await send(testEnv, {}, { authorization: `Bearer ${key}`, 'x-forwarded-for': HERE });
  expect(status).toBe(401);
  expect(await written()).toMatchObject([
    { event: 'key.refused', personId: null, network: expect.any(String) },
  ]);
  expect(JSON.stringify(await written())).not.toContain(key);
});

it('signing out is there', async () => {
  const anna = await at('sms');
  await anna.post('/sign-out', {});
  expect(await eventsOf(anna)).toEqual(['session.signed_out']);
});
