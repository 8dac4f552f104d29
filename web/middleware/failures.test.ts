/** Limits count failures by the one who fails: empty, incomplete or right input uses nothing up. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWN_PASSWORD, visible } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import type { Answer } from '../../test/kit/webClient.ts';

const FAILURES = 5;

let testEnv: TestEnvironment;
beforeAll(async () => {
  const env = {
    TRUST_PROXY: '1',
    LIMIT_SIGN_INS_PER_NETWORK: String(FAILURES),
    LIMIT_FORGOTTEN_PER_NETWORK: '2',
    LIMIT_SMS_PER_NETWORK: '2',
    LIMIT_UNKNOWN_LINKS_PER_NETWORK: '2',
    LIMIT_SIGN_INS_PER_ACCOUNT: '6',
  };
  testEnv = await createTestEnvironment({ worker: false, env });
});
afterAll(() => testEnv.close());

let networks = 0;
const anotherNetwork = () => `192.0.2.${++networks}`;

/** The same person from this network address. */
function from(address: string, participant = new Participant(testEnv)): Participant {
  const ask = participant.ask.bind(participant);
  participant.ask = (path, init = {}) =>
    ask(path, { ...init, headers: { ...init.headers, 'x-forwarded-for': address } });
  return participant;
}

async function repeat(count: number, ask: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push((await ask()).status);
  return statuses;
}

const signIn = (address: string, email: string, password: string) =>
  from(address).post('/sign-in', { email, password });
const fail = (address: string, times: number) => {
  let nth = 0;
  return repeat(times, () => signIn(address, `stranger${++nth}@example.com`, 'a wrong guess'));
};

describe('at the sign-in', () => {
  it.each([
    ['nothing', '', ''],
    ['no password', 'anna@example.com', ' '],
    ['no address', '', 'a wrong guess'],
    ['half an address', 'anna', 'a wrong guess'],
  ])('%s is said, and counts for nothing', async (_what, email, password) => {
    const office = anotherNetwork();
    expect(await repeat(FAILURES + 2, () => signIn(office, email, password))).not.toContain(429);
    expect(await fail(office, 1)).toEqual([422]);
  });

  it('right passwords use up nothing: of the network, nor of the account', async () => {
    const office = anotherNetwork();
    const anna = await from(office).finished();
    const times = 8; // More than either limit.
    const right = () => signIn(office, anna.email, OWN_PASSWORD);
    expect(await repeat(times, right)).toEqual(Array(times).fill(303));
    expect(await fail(office, FAILURES)).toEqual(Array(FAILURES).fill(422));
  });

  it('so many people at once with right passwords use up nothing either', async () => {
    const office = anotherNetwork();
    const anna = await from(office).finished();
    const elsewhere = anotherNetwork();
    const answers = await Promise.all(
      Array.from({ length: 3 * FAILURES }, () => signIn(elsewhere, anna.email, OWN_PASSWORD)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(3 * FAILURES).fill(303));
  });

  it('failures of others behind the same address do not stop who was right from there before', async () => {
    const office = anotherNetwork();
    const anna = await from(office).finished();
    const bob = await from(anotherNetwork()).finished();
    expect((await fail(office, FAILURES + 1)).at(-1)).toBe(429);
    expect((await signIn(office, anna.email, OWN_PASSWORD)).status).toBe(303);
    const wrong = await signIn(office, anna.email, 'a wrong guess');
    const stranger = await signIn(office, bob.email, OWN_PASSWORD);
    expect([wrong.status, stranger.status]).toEqual([429, 429]);
    expect(visible(wrong.text)).toBe(visible(stranger.text));
    expect((await signIn(anotherNetwork(), bob.email, OWN_PASSWORD)).status).toBe(303);
  });
});

it('half an address uses up no "forgotten password"', async () => {
  const office = anotherNetwork();
  const forget = (email: string) => () => from(office).post('/forgot-password', { email });
  expect(await repeat(4, forget('anna'))).toEqual([422, 422, 422, 422]);
  expect(await repeat(3, forget('anna@example.com'))).toEqual([200, 200, 429]);
});

it('a link that was cut off is no guess', async () => {
  const office = anotherNetwork();
  expect(await repeat(4, () => from(office).ask('/i/cut-off'))).toEqual([404, 404, 404, 404]);
  expect(await repeat(3, () => from(office).ask(`/i/${'A'.repeat(64)}`))).toEqual([404, 404, 429]);
});

it('an SMS that was asked for too soon uses up none of its network', async () => {
  const office = anotherNetwork();
  const anna = await from(office).to('sms', 'sms');
  await anna.doStep('sms');
  for (let i = 0; i < 3; i++) await anna.submit({ action: 'resend' });
  const bob = await from(office).to('sms', 'sms');
  await bob.doStep('sms');
  expect(bob.path).toBe('/onboarding/sms/code');
  const carol = await from(office).to('sms', 'sms');
  await carol.askCode(carol.phone);
  expect(carol.path).toBe('/onboarding/sms');
});

it('an empty temporary password uses up nothing, and a right one gives back what was counted', async () => {
  const anna = await from(anotherNetwork()).to('password');
  const choose = (currentPassword: string, newPassword: string) =>
    anna.submit({ currentPassword, newPassword, newPasswordAgain: newPassword });
  for (let i = 0; i < 12; i++) await choose(' ', OWN_PASSWORD);
  for (let i = 0; i < 12; i++) await choose(await anna.temporaryPassword(), 'short');
  expect(anna.reads).not.toContain('te vaak');
  await choose(await anna.temporaryPassword(), OWN_PASSWORD);
  expect(anna.path).toBe('/onboarding/sms');
});
