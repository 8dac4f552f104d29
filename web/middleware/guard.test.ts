/** Who may see and do what: from every state, every page leads to the right one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dump } from '../../test/kit/dump.ts';
import { waitForLock } from '../../test/kit/locks.ts';
import { noticeIn, OWN_PASSWORD } from '../../test/kit/pages.ts';
import { type Factor, Participant, type Place } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const STEP_PATHS = {
  terms: '/onboarding/terms',
  password: '/onboarding/password',
  sms: '/onboarding/sms',
  smsCode: '/onboarding/sms/code',
  app: '/onboarding/app',
  profile: '/onboarding/profile',
};
const PATHS = Object.values(STEP_PATHS);
const FINISHED = '/onboarding/finished';

type State = { name: string; place: Place; factor?: Factor; open: string[]; current: string };

const STATES: State[] = [
  {
    name: 'who has just opened the link',
    place: 'terms',
    open: [STEP_PATHS.terms],
    current: STEP_PATHS.terms,
  },
  {
    name: 'who accepted the terms',
    place: 'password',
    open: [STEP_PATHS.password],
    current: STEP_PATHS.password,
  },
  {
    name: 'who chose a password',
    place: 'sms',
    open: [STEP_PATHS.sms, STEP_PATHS.app],
    current: STEP_PATHS.sms,
  },
  {
    name: 'who skipped SMS',
    place: 'app',
    open: [STEP_PATHS.sms, STEP_PATHS.app],
    current: STEP_PATHS.app,
  },
  {
    name: 'who confirmed a number',
    place: 'app',
    factor: 'sms',
    open: [STEP_PATHS.sms, STEP_PATHS.app],
    current: STEP_PATHS.app,
  },
  {
    name: 'who set up the app',
    place: 'profile',
    open: [STEP_PATHS.sms, STEP_PATHS.app, STEP_PATHS.profile],
    current: STEP_PATHS.profile,
  },
  { name: 'who saved the profile', place: 'finished', open: [], current: FINISHED },
];

/** Without the outbox, which is emptied in the background; each of its rows has an audit entry. */
const everything = () => dump(testEnv, ['outbox']);
/** Without the audit too, which records the refusal. */
const everythingButAudit = () => dump(testEnv, ['outbox', 'audit']);

describe.each(STATES)('somebody $name', ({ place, factor, open, current }) => {
  let anna: Participant;
  beforeAll(async () => {
    anna = await new Participant(testEnv).to(place, factor);
  });

  it.each(PATHS)(
    'who opens %s sees it if it is open, else comes to the step that is awaited',
    async (path) => {
      const { status, location } = await anna.ask(path);
      if (open.includes(path)) expect(status).toBe(200);
      else if (path === STEP_PATHS.smsCode && open.includes(STEP_PATHS.sms))
        expect([status, location]).toEqual([303, STEP_PATHS.sms]);
      else expect([status, location]).toEqual([303, current]);
    },
  );

  it.each(PATHS.filter((path) => !open.includes(path) && path !== STEP_PATHS.smsCode))(
    'who posts to %s, which is not open, comes to the step that is awaited and changes nothing',
    async (path) => {
      await anna.open(current === FINISHED ? '/onboarding/help' : current);
      const before = await everything();
      const fields = { accept: 'yes', action: 'skip', firstName: 'X', lastName: 'X', initials: 'X' };
      const { status, location } = await anna.post(path, fields);
      expect([status, location]).toEqual([303, current]);
      expect(await everything()).toBe(before);
    },
  );

  it('who opens / comes to the step that is awaited', async () => {
    await anna.open('/');
    expect(anna.path).toBe(current);
  });
});

describe('without a session', () => {
  it.each([...PATHS, FINISHED, '/onboarding/help', '/onboarding/continue', '/onboarding/terms/declined'])(
    '%s says to open the link in the mail, for GET and POST',
    async (path) => {
      const stranger = new Participant(testEnv);
      for (const answer of [await stranger.ask(path), await stranger.post(path, { accept: 'yes' })]) {
        expect([401, 404]).toContain(answer.status);
        expect(answer.text).toMatch(/Open de link in (uw e-mail|de uitnodiging)/);
      }
    },
  );

  it.each(['/messages', '/messages/0190a5f2-0000-7000-8000-000000000000', '/sign-in/sms', '/sign-in/app'])(
    '%s leads to the sign-in',
    async (path) => {
      const { status, location } = await new Participant(testEnv).ask(path);
      expect([status, location]).toEqual([303, '/sign-in']);
    },
  );
});

describe('a session that has not proven everything that is set up', () => {
  it.each([
    ['sms', undefined],
    ['app', 'sms'],
    ['profile', 'app'],
  ] as const)('sees and does nothing at the %s step but proving it', async (place, factor) => {
    const anna = await new Participant(testEnv).to(place, factor);
    const forwarded = anna.elsewhere();
    await forwarded.openLink(await anna.link());
    expect(forwarded.path).toBe('/onboarding/continue');
    const before = await everything();
    for (const path of PATHS) {
      expect(await forwarded.ask(path)).toMatchObject({ status: 303, location: '/onboarding/continue' });
      const posted = await forwarded.post(path, {
        action: 'skip',
        firstName: 'X',
        lastName: 'X',
        initials: 'X',
      });
      expect(posted).toMatchObject({ status: 303, location: '/onboarding/continue' });
    }
    expect(await everything()).toBe(before);
  });
});

describe('a session that has proven the password and not the second factor', () => {
  it.each(['sms', 'app'] as const)('sees and does nothing but proving %s', async (factor) => {
    const anna = await new Participant(testEnv).to('profile', factor);
    await anna.longAfter();
    const thief = anna.elsewhere();
    await thief.openLink();
    await thief.submit({ password: OWN_PASSWORD });
    expect(thief.path).toBe(`/onboarding/continue/${factor}`);
    const before = await everything();
    for (const path of [...PATHS, FINISHED]) {
      expect(await thief.ask(path)).toMatchObject({ status: 303, location: '/onboarding/continue' });
      const posted = await thief.post(path, { action: 'skip', firstName: 'X', lastName: 'X', initials: 'X' });
      if (path !== FINISHED) expect(posted).toMatchObject({ status: 303, location: '/onboarding/continue' });
    }
    expect(await everything()).toBe(before);
  });
});

describe('a browser that two people use', () => {
  it('Anna’s old tab posts while Bob is there: said in words, nothing written for either', async () => {
    const anna = await new Participant(testEnv).to('terms');
    const bob = await new Participant(testEnv).to('terms');
    anna.cookies.clear();
    for (const [name, value] of bob.cookies) anna.cookies.set(name, value);
    const before = await everythingButAudit();
    const told = [await anna.events(), await bob.events()];
    const answer = await anna.acceptTerms();
    expect(answer.status).toBe(409);
    expect(anna.notice).toBe('otherTab');
    expect(await everythingButAudit()).toBe(before);
    expect([await anna.events(), await bob.events()]).toEqual([told[0], [...told[1]!, 'form_token.refused']]);
    expect((await bob.acceptTerms()).status).toBe(200);
    expect(bob.path).toBe('/onboarding/password');
  });

  it.each(['', 'x', 'a'.repeat(43)])('a form without its token writes nothing: "%s"', async (formToken) => {
    const anna = await new Participant(testEnv).to('terms');
    const before = await everythingButAudit();
    const told = await anna.events();
    const answer = await anna.post('/onboarding/terms', { accept: 'yes', formToken });
    expect(answer.status).toBe(409);
    expect(await everythingButAudit()).toBe(before);
    expect(await anna.events()).toEqual([...told, 'form_token.refused']);
  });
});

describe('an account that is open', () => {
  it('sends the person who opened it from every step to the messages', async () => {
    const anna = await new Participant(testEnv).finished();
    for (const path of [...PATHS, FINISHED, '/onboarding/continue', '/onboarding/help', '/']) {
      await testEnv.db.sql('message').where({ id: anna.sent!.id }).update({ readAt: null });
      await anna.open(path);
      expect([anna.path, anna.page.status], path).toEqual([`/messages/${anna.sent!.id}`, 200]);
    }
  });

  it.each(['link', 'password'] as const)(
    'asks a device that had proven only the %s to sign in, without going in circles',
    async (proof) => {
      const anna = await new Participant(testEnv).to('profile');
      const tablet = anna.elsewhere();
      await tablet.openLink();
      if (proof === 'password') await tablet.submit({ password: 'vier blauwe fietsen 88' });
      await anna.post(anna.path, await anna.rightFields('profile'));
      await anna.openAccount();
      for (const path of [...PATHS, FINISHED, '/onboarding/continue', '/onboarding/continue/app', '/']) {
        await tablet.open(path);
        expect([tablet.path, tablet.page.status], path).toEqual(['/sign-in', 200]);
      }
    },
  );

  it('leads somebody who signed in from / and every step to the messages', async () => {
    const anna = await new Participant(testEnv).finished();
    const laptop = anna.elsewhere();
    await laptop.signIn('app');
    for (const path of ['/', ...PATHS, FINISHED, '/onboarding/continue']) {
      await laptop.open(path);
      expect([laptop.page.status, laptop.path.startsWith('/messages')], path).toEqual([200, true]);
    }
  });
});

describe('an invitation that ended', () => {
  it.each([['expired'], ['cancelled']] as const)(
    '%s: every page says so, and nothing is written',
    async (status) => {
      const anna = await new Participant(testEnv).to('sms');
      await testEnv.db
        .sql('onboarding')
        .where({ id: anna.onboardingId })
        .update({ status, endedAt: testEnv.db.sql.fn.now() });
      const before = await everything();
      for (const path of PATHS)
        for (const answer of [await anna.ask(path), await anna.post(path, { action: 'skip' })])
          expect(noticeIn(answer.text)).toBe(status);
      expect(await everything()).toBe(before);
    },
  );
});

it('a step that waits while its session ends, as when the address is corrected, is not taken', async () => {
  const anna = await new Participant(testEnv).to('terms');
  const lock = await testEnv.db.sql.transaction();
  await lock('onboarding').where({ id: anna.onboardingId }).forUpdate().select('id');
  const answer = anna.post('/onboarding/terms', { accept: 'yes' });
  await waitForLock(testEnv);
  await lock('session').where({ personId: anna.personId }).delete();
  await lock.commit();
  expect((await answer).status).toBe(303);
  expect((await anna.row()).termsAcceptedAt).toBeNull();
  await anna.open('/onboarding/terms');
  expect(anna.page.status).toBe(401);
});
