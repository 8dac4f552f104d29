/**
 * Forgotten passwords and resetting a second factor: a link from a mail is never enough, and strangers learn nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../db/connect.ts';
import { onboardingOf } from '../../db/onboardings.ts';
import { answerPasswordRequests } from '../../db/passwordRequests.ts';
import { type ResetPurpose, resetLinkFor } from '../../db/resetLinks.ts';
import { dump } from '../../test/kit/dump.ts';
import { noticeIn, OWN_PASSWORD } from '../../test/kit/pages.ts';
import { type Factor, Participant } from '../../test/kit/participant.ts';
import { expectRejected } from '../../test/kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { WORDS } from '../../test/kit/words.ts';

const NEW_PASSWORD = 'zeven rode tulpen 31';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { LIMIT_FORGOTTEN_PER_NETWORK: '1000' } });
});
afterAll(() => testEnv.close());

const everything = () => dump(testEnv, ['outbox']);
const linksOf = (anna: Participant) => testEnv.db.sql('reset_link').where({ personId: anna.personId });

let mails = 0;
/** The path in the mail, created as the activity does. */
async function mailed({ personId }: Participant, purpose: ResetPurpose = 'password'): Promise<string> {
  const { clientId } = (await onboardingOf(testEnv.db, personId))!;
  const link = await resetLinkFor(testEnv.db, { personId, clientId, purpose, sendKey: `mail ${++mails}` });
  return `/reset/${testEnv.db.secrets.linkToken(link, 'reset')}`;
}

/** Has a worker answer the requests. */
const answer = () => answerPasswordRequests(testEnv.db, { everyMs: testEnv.config.INVITE_EVERY, perDay: 5 });

/** A person half-way, and another browser of hers without a session. */
async function annaAndTablet(factor: Factor = 'app'): Promise<[Participant, Participant]> {
  const anna = await new Participant(testEnv).to('profile', factor);
  await anna.longAfter();
  return [anna, anna.elsewhere()];
}

async function press(tablet: Participant, link: string): Promise<void> {
  await tablet.openLink(link);
}

const choose = (tablet: Participant) =>
  tablet.submit({ newPassword: NEW_PASSWORD, newPasswordAgain: NEW_PASSWORD });

describe('"I have forgotten my password"', () => {
  const ask = (email: string) => new Participant(testEnv).post('/forgot-password', { email });

  it('gets the same answer for somebody known, unknown, and not finished with a password', async () => {
    const [anna] = await annaAndTablet();
    const fresh = await new Participant(testEnv).to('terms');
    const answers = await Promise.all([
      ask(anna.email),
      ask(fresh.email),
      ask('nobody@example.com'),
      ask('"><b>@'),
    ]);
    for (const { status, text, headers } of answers) {
      expect([status, text]).toEqual([answers[0]!.status, answers[0]!.text]);
      expect(headers.getSetCookie()).toEqual([]);
    }
    await answer();
    expect(await linksOf(anna)).toHaveLength(1);
    expect(await linksOf(fresh)).toHaveLength(0);
  });

  it.each(['', ' ', 'anna'])(
    'with "%s" instead of an address is refused in words, whatever the address',
    async (email) => {
      const anna = new Participant(testEnv);
      await anna.open('/forgot-password');
      await anna.submit({ email });
      expectRejected(anna, 'email', 'Vul uw hele e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.');
    },
  );

  it('is the same work for everybody: web looks nobody up, and writes one row that says nothing', async () => {
    const [anna] = await annaAndTablet();
    await transaction(testEnv.db, async (tx) => {
      // Looking a person up would have to wait.
      await tx.sql.raw('lock table person, onboarding, reset_link in access exclusive mode');
      expect((await ask(anna.email)).status).toBe(200);
      expect((await ask('nobody@example.com')).status).toBe(200);
    });
    const rows: { address: string }[] = await testEnv.db.sql('password_request');
    expect(rows.map(({ address }) => address.length)).toEqual([
      rows[0]!.address.length,
      rows[0]!.address.length,
    ]);
    expect(await linksOf(anna)).toEqual([]);
    await answer();
    expect(await linksOf(anna)).toHaveLength(1);
  });

  it('asked five times at once, and again, sends one mail', async () => {
    const [anna] = await annaAndTablet();
    await Promise.all([1, 2, 3, 4, 5].map(() => ask(anna.email)));
    await ask(` ${anna.email.toUpperCase()} `);
    await answer();
    expect(await linksOf(anna)).toHaveLength(1);
  });

  it('asked too often today is answered as ever, here and on the way through, and no mail leaves', async () => {
    const [anna, tablet] = await annaAndTablet();
    const old = `now() - interval '1 hour'`;
    for (let i = 0; i < 5; i++) await mailed(anna);
    await testEnv.db
      .sql('reset_link')
      .where({ personId: anna.personId })
      .update({ createdAt: testEnv.db.sql.raw(old) });
    const { status, text } = await ask(anna.email);
    expect([status, text]).toEqual([200, (await ask('nobody@example.com')).text]);
    await answer();
    await tablet.openLink();
    await tablet.submit({}, '/onboarding/continue/forgotten');
    expect(tablet.notice).toBe('resetSent');
    expect(await linksOf(anna)).toHaveLength(5);
    expect((await anna.events()).slice(-2)).toEqual(['password.reset_limited', 'password.reset_limited']);
  });

  it('changes nothing that the person has', async () => {
    const [anna, tablet] = await annaAndTablet();
    await ask(anna.email);
    await answer();
    expect((await anna.ask('/onboarding/profile')).status).toBe(200);
    await tablet.openLink();
    await tablet.submit({ password: OWN_PASSWORD });
    expect(tablet.path).toBe('/onboarding/continue/app');
  });
});

describe('the link', () => {
  it.each(['password', 'factor'] as const)(
    'for a new %s, opened 50 times by a scanner, changes nothing',
    async (purpose) => {
      const [anna, scanner] = await annaAndTablet();
      const link = await mailed(anna, purpose);
      const before = await everything();
      for (let i = 0; i < 25; i++)
        for (const method of ['GET', 'HEAD']) {
          const { status, headers } = await scanner.ask(link, { method });
          expect([status, headers.getSetCookie()]).toEqual([200, []]);
        }
      expect(await everything()).toBe(before);
    },
  );

  it('is worth nothing after a day', async () => {
    const [anna, tablet] = await annaAndTablet();
    const link = await mailed(anna);
    await testEnv.db
      .sql('reset_link')
      .where({ personId: anna.personId })
      .update({ createdAt: testEnv.db.sql.raw(`now() - interval '1 day'`) });
    await tablet.open(link);
    expect(tablet.notice).toBe('oldReset');
    await tablet.post(link, {});
    expect(tablet.session).toBeUndefined();
  });

  it('with the id of a real one and a proof that is made up opens nothing', async () => {
    const [anna, tablet] = await annaAndTablet();
    const link = await mailed(anna);
    const forged = `${link.slice(0, -1)}${link.endsWith('a') ? 'b' : 'a'}`;
    await tablet.post(forged, {});
    expect(tablet.session).toBeUndefined();
    await tablet.post(link, {});
    expect(tablet.session).toBeTruthy();
  });

  it('is worth nothing after it was used, and every other one with it', async () => {
    const [anna, tablet] = await annaAndTablet();
    const [older, used] = [await mailed(anna), await mailed(anna)];
    await press(tablet, used);
    await tablet.submit({ token: await tablet.token() });
    expect(tablet.reads).not.toContain('Niet het tijdelijke wachtwoord.');
    await choose(tablet);
    expect(tablet.path).toBe('/onboarding/profile');
    for (const dead of [older, used]) {
      const browser = anna.elsewhere();
      const { text } = await browser.ask(dead);
      expect(noticeIn(text)).toBe('oldReset');
      await browser.post(dead, {});
      expect(browser.session).toBeUndefined();
    }
  });

  it.each([
    ['password', 'newerReset'],
    ['factor', 'newerFactorReset'],
  ] as const)(
    'for a new %s opens nothing once a newer one was asked for, and the page says so',
    async (purpose, notice) => {
      const [anna, tablet] = await annaAndTablet();
      const older = await mailed(anna, purpose);
      // One of the other kind replaces nothing.
      await mailed(anna, purpose === 'factor' ? 'password' : 'factor');
      expect(noticeIn((await tablet.ask(older)).text)).toBeUndefined();
      const newer = await mailed(anna, purpose);
      for (const method of ['GET', 'POST']) {
        const { status, text, headers } = await tablet.ask(older, { method });
        expect([status, headers.getSetCookie()]).toEqual([200, []]);
        expect(noticeIn(text)).toBe(notice);
      }
      await press(tablet, newer);
      expect(tablet.session).toBeTruthy();
    },
  );

  it('that was opened goes on when a stranger asks for another one', async () => {
    const [anna, tablet] = await annaAndTablet();
    await press(tablet, await mailed(anna));
    await mailed(anna);
    await tablet.submit({ token: await tablet.token() });
    await choose(tablet);
    expect(tablet.path).toBe('/onboarding/profile');
  });

  it.each(['x', 'x'.repeat(64), '%00', 'password%00'])('made up opens nothing: %s', async (token) => {
    const stranger = new Participant(testEnv);
    await stranger.post(`/reset/${token}`, {});
    expect(stranger.session).toBeUndefined();
  });

  it('of an invitation is none for a reset, and the other way round', async () => {
    const [anna, tablet] = await annaAndTablet();
    await tablet.post((await anna.link()).replace('/i/', '/reset/'), {});
    await tablet.post((await mailed(anna)).replace('/reset/', '/i/'), {});
    expect(tablet.session).toBeUndefined();
  });
});

describe('a new password', () => {
  it.each(['sms', 'app'] as const)('is not chosen before %s is proven', async (factor) => {
    const [anna, thief] = await annaAndTablet(factor);
    await press(thief, await mailed(anna));
    expect(thief.path).toBe(`/reset/prove/${factor}`);
    const before = await everything();
    const fields = { newPassword: NEW_PASSWORD, newPasswordAgain: NEW_PASSWORD };
    expect(await thief.post('/reset/password', fields)).toMatchObject({
      status: 303,
      location: '/reset/password',
    });
    for (const path of ['/onboarding/profile', '/onboarding/app', '/messages']) {
      const { status } = await thief.ask(path);
      expect(status, path).toBe(303);
    }
    expect(await everything()).toBe(before);
  });

  it('follows the rules, said at the field', async () => {
    const [anna, tablet] = await annaAndTablet();
    await press(tablet, await mailed(anna));
    await tablet.submit({ token: await tablet.token() });
    await tablet.submit({ newPassword: 'kort', newPasswordAgain: 'anders' });
    expectRejected(tablet, 'newPassword', 'minstens 12 tekens');
    expectRejected(tablet, 'newPasswordAgain', 'niet gelijk');
  });

  it('ends every other session, and the old password with it', async () => {
    const [anna, tablet] = await annaAndTablet();
    await press(tablet, await mailed(anna));
    await tablet.submit({ token: await tablet.token() });
    await choose(tablet);
    expect((await anna.ask('/onboarding/profile')).status).toBe(401);
    const phone = anna.elsewhere();
    await phone.openLink();
    await phone.submit({ password: OWN_PASSWORD });
    expect(phone.page.status).toBe(422);
  });

  it('saved three times at once is saved once, and every click goes on', async () => {
    const [anna, tablet] = await annaAndTablet();
    await press(tablet, await mailed(anna));
    await tablet.submit({ token: await tablet.token() });
    const fields = { newPassword: NEW_PASSWORD, newPasswordAgain: NEW_PASSWORD };
    const answers = await Promise.all([1, 2, 3].map(() => tablet.post('/reset/password', fields)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect((await anna.events()).filter((event) => event === 'password.reset')).toHaveLength(1);
  });

  it('for somebody whose account is open leads to the messages', async () => {
    const anna = await new Participant(testEnv).finished();
    await anna.longAfter();
    const laptop = anna.elsewhere();
    await press(laptop, await mailed(anna));
    await laptop.submit({ token: await laptop.token() });
    await choose(laptop);
    expect([laptop.path, laptop.page.status]).toEqual(['/messages', 200]);
  });
});

describe('a second factor set up again', () => {
  it('needs the password: guessed, nothing is reset', async () => {
    const [anna, thief] = await annaAndTablet();
    await press(thief, await mailed(anna, 'factor'));
    await thief.submit({ password: 'een geraden wachtwoord' });
    expectRejected(thief, 'password', WORDS.ownPassword.nl.errors.wrong);
    expect((await anna.row()).appVerifiedAt).not.toBeNull();
  });

  it('is not reached with a link for a new password', async () => {
    const [anna, tablet] = await annaAndTablet();
    await press(tablet, await mailed(anna, 'password'));
    const posted = await tablet.post('/reset/factor', { password: OWN_PASSWORD });
    expect(posted).toMatchObject({ status: 303, location: '/reset/password' });
    expect((await anna.row()).appVerifiedAt).not.toBeNull();
  });

  it('takes the old one away for good: its tokens open nothing, and the key is another one', async () => {
    const [anna, tablet] = await annaAndTablet();
    const oldKey = anna.appKey;
    await press(tablet, await mailed(anna, 'factor'));
    await tablet.submit({ password: OWN_PASSWORD });
    expect(tablet.path).toBe('/onboarding/sms');
    await tablet.readKey();
    expect(tablet.appKey).not.toBe(oldKey);
    await tablet.open('/onboarding/app');
    await tablet.submit({ token: await anna.token() });
    expect(tablet.page.status).toBe(422);
    expect((await anna.ask('/onboarding/profile')).status).toBe(401);
  });
});
