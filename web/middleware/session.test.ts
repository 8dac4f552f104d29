/** The session cookie: its attributes, how long it is valid, and for whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noticeIn, OWN_PASSWORD } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const COOKIE = '__Host-session';

/** A browser that holds this session id and nothing else. */
function browserWith(anna: Participant, session: string | undefined): Participant {
  const browser = anna.elsewhere();
  browser.cookies.set(COOKIE, session!);
  return browser;
}

describe('the cookie', () => {
  it('is bound to this host, sent encrypted only, out of reach of scripts and other websites', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    const { headers } = await anna.post(await anna.link(), {});
    const [cookie] = headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-session=[\w-]{43}; path=\/; samesite=lax; secure; httponly$/);
  });

  it('ends with the browser: it names no date', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    const { headers } = await anna.post(await anna.link(), {});
    expect(headers.getSetCookie()[0]).not.toMatch(/expires|max-age|domain/i);
  });

  it.each(['', 'x', 'a'.repeat(43), 'a'.repeat(8_000), '%00', '"quoted"'])(
    'with something made up in it is no session: "%.20s"',
    async (value) => {
      const stranger = new Participant(testEnv);
      stranger.cookies.set(COOKIE, value);
      const { status } = await stranger.ask('/onboarding/sms');
      expect([401, 431]).toContain(status);
    },
  );
});

describe('each proof', () => {
  it('gives the session a new id, and the old one opens nothing any more', async () => {
    const anna = await new Participant(testEnv).to('password');
    const ids = [anna.session];
    await anna.doStep('password');
    ids.push(anna.session);
    await anna.readKey();
    await anna.doStep('sms');
    await anna.doStep('smsCode');
    ids.push(anna.session);
    await anna.doStep('app');
    ids.push(anna.session);
    expect(new Set(ids).size).toBe(4);
    for (const old of ids.slice(0, -1)) {
      const thief = browserWith(anna, old);
      for (const path of [
        '/onboarding/terms',
        '/onboarding/sms',
        '/onboarding/profile',
        '/onboarding/continue',
      ])
        expect((await thief.ask(path)).status).toBe(401);
    }
  });

  it('leaves the id as it is when nothing was proven', async () => {
    const anna = await new Participant(testEnv).to('password');
    const { session } = anna;
    await anna.choosePassword('wrong', OWN_PASSWORD);
    expect(anna.page.status).toBe(422);
    expect(anna.session).toBe(session);
  });

  it('an old id that posts gets neither the page nor a new id, without the very same proof', async () => {
    const anna = await new Participant(testEnv).to('password');
    const old = anna.session;
    await anna.open('/onboarding/password');
    const thief = browserWith(anna, old);
    thief.page = anna.page;
    await anna.doStep('password');
    const guesses: Record<string, string>[] = [
      {},
      { newPassword: 'something else 12' },
      { password: 'guess' },
      { token: '123456' },
      { code: '123456' },
    ];
    for (const fields of guesses) {
      await thief.post('/onboarding/password', fields);
      expect(thief.session).toBe(old);
    }
  });

  it('and not with the same proof either once ten seconds have passed', async () => {
    const anna = await new Participant(testEnv).to('password');
    const old = anna.session;
    const thief = browserWith(anna, old);
    thief.page = anna.page;
    const fields = await anna.rightFields('password');
    await anna.submit(fields);
    await testEnv.db
      .sql('session')
      .where({ personId: anna.personId })
      .update({ previousUntil: testEnv.db.sql.raw(`now() - interval '1 second'`) });
    const { status } = await thief.post('/onboarding/password', fields);
    expect(status).toBe(401);
    expect(thief.session).toBe(old);
  });
});

describe('a new password', () => {
  it('ends the other sessions of the person', async () => {
    const anna = await new Participant(testEnv).to('password');
    const other = anna.elsewhere();
    await other.openLink();
    expect(other.path).toBe('/onboarding/password');
    await anna.doStep('password');
    expect((await other.ask('/onboarding/password')).status).toBe(401);
  });
});

describe('time', () => {
  const age = (anna: Participant, column: string, interval: string) =>
    testEnv.db.sql.raw(`update session set ${column} = ${column} - ?::interval where person_id = ?`, [
      interval,
      anna.personId,
    ]);

  it('after half an hour without a page the person is asked to open the link, and goes on where they were', async () => {
    const anna = await new Participant(testEnv).to('password');
    await age(anna, 'seen_at', '31 minutes');
    const { status, text } = await anna.ask('/onboarding/password');
    expect(status).toBe(401);
    expect(noticeIn(text)).toBe('noSession');
    await anna.openLink();
    expect(anna.path).toBe('/onboarding/password');
  });

  it('after twelve hours too, however busy it was', async () => {
    const anna = await new Participant(testEnv).to('password');
    await age(anna, 'created_at', '12 hours');
    expect((await anna.ask('/onboarding/password')).status).toBe(401);
  });
});

describe('asked to stay', () => {
  const idleFor = (anna: Participant, interval: string) =>
    testEnv.db.sql.raw('update session set seen_at = now() - ?::interval where person_id = ?', [
      interval,
      anna.personId,
    ]);

  it('a session that is about to end restarts its idle time, and the page stays as it is', async () => {
    const anna = await new Participant(testEnv).to('password');
    await anna.open('/onboarding/password');
    expect(anna.page.text).toContain('data-idle-s="1800"');
    await idleFor(anna, '29 minutes');
    expect((await anna.post('/session', {})).status).toBe(204);
    const { seenAt } = (await testEnv.db.sql('session').where({ personId: anna.personId }).first('seenAt'))!;
    expect(Date.now() - seenAt.getTime()).toBeLessThan(10_000);
  });

  it('one that has ended is not revived, and the person reads how to go on', async () => {
    const anna = await new Participant(testEnv).to('password');
    await idleFor(anna, '31 minutes');
    const { status, text } = await anna.post('/session', {});
    expect(status).toBe(401);
    expect(noticeIn(text)).toBe('noSession');
    expect((await anna.ask('/onboarding/password')).status).toBe(401);
  });

  it('from another person’s tab, or from nowhere, nothing is answered but words', async () => {
    const anna = await new Participant(testEnv).to('password');
    const bob = await new Participant(testEnv).to('password');
    await bob.open('/onboarding/password');
    anna.page = bob.page;
    expect((await anna.post('/session', {})).status).toBe(409);
    expect((await new Participant(testEnv).post('/session', {})).status).toBe(401);
  });

  it('the address of its button leads to a page, as the other language does after it', async () => {
    const anna = await new Participant(testEnv).to('sms');
    const { location } = await anna.post('/language', { locale: 'en', back: '/session' });
    expect(location).toBe('/session');
    await anna.open('/session');
    expect([anna.path, anna.page.status]).toEqual(['/onboarding/sms', 200]);
  });

  it('a page without a session asks for nothing', async () => {
    expect((await new Participant(testEnv).ask('/sign-in')).text).not.toContain('session-end');
  });
});

describe('signing out', () => {
  it('ends the session on the server and clears the browser', async () => {
    const anna = await new Participant(testEnv).finished();
    const { session } = anna;
    const { status, location, headers } = await anna.post('/sign-out', {});
    expect([status, location]).toEqual([303, '/sign-in']);
    expect(headers.get('clear-site-data')).toContain('"cache"');
    expect(anna.session).toBeUndefined();
    const thief = browserWith(anna, session);
    expect(await thief.ask('/messages')).toMatchObject({ status: 303, location: '/sign-in' });
    expect((await thief.ask('/onboarding/finished')).status).toBe(401);
  });
});
