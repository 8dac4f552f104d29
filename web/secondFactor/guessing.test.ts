/** Wrong codes and tokens after the right password: guessing is limited, and the owner has a way back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ResetPurpose, resetLinkFor } from '../../db/resetLinks.ts';
import { OWN_PASSWORD, visible } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import type { Answer } from '../../test/kit/webClient.ts';
import { WORDS } from '../../test/kit/words.ts';
import { tokenOf } from '../../tools/tryout/authenticator.ts';

const PER_SESSION = 20;
const PER_ACCOUNT = 50;
const NEW_PASSWORD = 'zes groene bussen 77';

let testEnv: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { TRUST_PROXY: '1' } });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  anna = await new Participant(testEnv).finished('app');
  await anna.longAfter();
});

const eventsOf = async (event: string) => (await anna.events()).filter((one) => one === event).length;
/** Tokens that were compared and wrong. */
const compared = () => eventsOf('app.refused');
const row = () => testEnv.db.sql('wrong_factor').where({ personId: anna.personId }).first();

/** A browser that has the password, like a thief's. */
async function withPassword(): Promise<Participant> {
  const there = anna.elsewhere();
  await there.open('/sign-in');
  await there.submit({ email: anna.email, password: OWN_PASSWORD });
  return there;
}

function wrongToken(): string {
  const right = [-2, -1, 0, 1, 2].map((steps) => Date.now() + steps * 30_000);
  const near = right.map((at) => tokenOf(anna.appKey, at));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((one) => !near.includes(one))!;
}

const guess = async (there: Participant): Promise<Answer> => there.submit({ token: wrongToken() });

/** Posts so many wrong tokens, signing in again while that is possible. */
async function attack(tries: number): Promise<Participant> {
  let there = await withPassword();
  for (let i = 0; i < tries; i++) {
    if (there.path !== '/sign-in/app' || there.page.status === 403) there = await withPassword();
    if (there.page.status !== 403) await guess(there);
  }
  return there;
}

async function resetLinkOf(purpose: ResetPurpose = 'password'): Promise<string> {
  const { clientId, db } = testEnv;
  const sendKey = `mail ${Math.random()}`;
  const link = await resetLinkFor(db, { personId: anna.personId, clientId, purpose, sendKey });
  return `/reset/${db.secrets.linkToken(link, 'reset')}`;
}

/** A browser that opened the password reset mail, at the token page. */
async function atReset(): Promise<Participant> {
  const there = anna.elsewhere();
  await there.open(await resetLinkOf());
  await there.submit({});
  return there;
}

describe(`${PER_SESSION} in a row`, () => {
  it('end the session, and the owner is told once', async () => {
    const thief = await withPassword();
    for (let i = 1; i < PER_SESSION; i++) await guess(thief);
    expect(thief.page.status).toBe(422);
    expect((await row())?.noticeId).toBeNull();
    expect(await eventsOf('factor.session_ended')).toBe(0);
    await guess(thief);
    expect(thief.page.status).toBe(403);
    expect(thief.notice).toBe('factorSessionEnded');
    // That the mail leaves, once: workflows/closedSignIn.test.ts. The engine takes the row of the outbox when it likes.
    expect(await eventsOf('factor.session_ended')).toBe(1);
    expect(await row())?.toMatchObject({
      noticeOf: 'session-ended',
      noticeDevice: 'computer',
      signInClosedAt: null,
    });
    await thief.open('/sign-in/app');
    expect(thief.path).toBe('/sign-in');
  });

  it('say from what kind of device, and nothing else of it', async () => {
    const thief = await withPassword();
    const ask = thief.ask.bind(thief);
    thief.ask = (path, init = {}) =>
      ask(path, { ...init, headers: { ...init.headers, 'user-agent': 'Mozilla/5.0 (iPhone) Mobile' } });
    for (let i = 0; i < PER_SESSION; i++) await guess(thief);
    expect((await row())?.noticeDevice).toBe('phone');
    expect(JSON.stringify(await row())).not.toContain('iPhone');
  });

  it('are in a row: a right one starts again', async () => {
    const mine = await withPassword();
    for (let i = 0; i < 9; i++) await guess(mine);
    await mine.submit({ token: await mine.token() });
    expect(mine.path).toBe('/messages');
    expect(await row())?.toMatchObject({ signIn: 0 });
  });

  it('of codes by SMS count as those of tokens do', async () => {
    anna = await new Participant(testEnv).finished('sms');
    await anna.longAfter();
    const thief = await withPassword();
    const wrong = (await anna.smsCode('sign-in')) === '000000' ? '000001' : '000000';
    for (let i = 0; i < PER_SESSION; i++) await thief.submit({ code: wrong, action: 'confirm' });
    expect(thief.page.status).toBe(403);
    expect((await row())?.noticeOf).toBe('session-ended');
  });
});

describe('while somebody guesses', () => {
  it('the owner gets in, in another browser', async () => {
    await attack(30);
    const owner = await withPassword();
    await owner.submit({ token: await owner.token() });
    expect(owner.path).toBe('/messages');
  });
});

describe(`${PER_ACCOUNT} in a row`, () => {
  it('120 with the right password: sign-in closes, and no more than the limit are compared', async () => {
    const thief = await attack(120);
    expect(await compared()).toBeLessThanOrEqual(PER_ACCOUNT);
    expect(await row())?.toMatchObject({
      signIn: PER_ACCOUNT,
      noticeOf: 'sign-in-closed',
      resetClosedAt: null,
    });
    expect((await row())?.signInClosedAt).toBeInstanceOf(Date);
    expect(await eventsOf('factor.sign_in_closed')).toBe(1);
    expect(thief.notice).toBe('signInClosed');
    expect(thief.page.status).toBe(403);
  });

  it('200 at once: no more than the limit are compared', async () => {
    const thieves = await Promise.all(Array.from({ length: 10 }, withPassword));
    const token = wrongToken();
    await Promise.all(
      thieves.flatMap((thief) => Array.from({ length: 20 }, () => thief.post(thief.path, { token }))),
    );
    expect(await compared()).toBeLessThanOrEqual(PER_ACCOUNT);
    expect((await row())?.signInClosedAt).toBeInstanceOf(Date);
  });

  it('are seen by nobody who does not know the password', async () => {
    await attack(PER_ACCOUNT);
    const stranger = anna.elsewhere();
    await stranger.open('/sign-in');
    await stranger.submit({ email: anna.email, password: 'a wrong guess' });
    expect(stranger.page.status).toBe(422);
    expect(stranger.reads).toContain(WORDS.signIn.nl.errors.wrong);
  });

  it('leave a session that has proven everything as it is', async () => {
    await attack(PER_ACCOUNT);
    await anna.open('/messages');
    expect(anna.path).toBe('/messages');
  });
});

describe('the way back', () => {
  it('is a new password by mail and factor, with tries of its own', async () => {
    await attack(PER_ACCOUNT);
    const owner = await atReset();
    for (let i = 0; i < 3; i++) await guess(owner);
    await owner.submit({ token: await owner.token() });
    await owner.submit({ newPassword: NEW_PASSWORD, newPasswordAgain: NEW_PASSWORD });
    expect(await row())?.toMatchObject({ signIn: 0, reset: 0, signInClosedAt: null });
    expect(await eventsOf('factor.opened')).toBe(1);
    const there = anna.elsewhere();
    await there.open('/sign-in');
    await there.submit({ email: anna.email, password: NEW_PASSWORD });
    await there.submit({ token: await there.token() });
    expect(there.path).toBe('/messages');
  });

  it('closes by itself after as many wrong ones, and sign-in goes on', async () => {
    let thief = await atReset();
    for (let i = 0; i < PER_ACCOUNT; i++) {
      if (thief.page.status === 403) thief = await atReset();
      await guess(thief);
    }
    expect(thief.notice).toBe('resetClosed');
    expect((await row())?.noticeOf).toBe('reset-closed');
    expect((await atReset()).notice).toBe('resetClosed');
    const owner = await withPassword();
    await owner.submit({ token: await owner.token() });
    expect(owner.path).toBe('/messages');
  });
});

it('one network has an end, too, whichever accounts it guesses at', async () => {
  await testEnv.restart({ LIMIT_WRONG_FACTORS_PER_NETWORK: '5' });
  const thief = await withPassword();
  const ask = thief.ask.bind(thief);
  thief.ask = (path, init = {}) =>
    ask(path, { ...init, headers: { ...init.headers, 'x-forwarded-for': '198.51.100.7' } });
  for (let i = 0; i < 6; i++) await guess(thief);
  expect(thief.page.status).toBe(429);
  expect(thief.page.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(visible(thief.page.text)).toContain('Even wachten');
  expect(await compared()).toBe(5);
});
