/** The link in the mail: opening it changes nothing, its one button starts a session, and each case has a way on. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OnboardingRow } from '../../db/tables.ts';
import { dump } from '../../test/kit/dump.ts';
import { noticeIn } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { call } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let anna: Participant;
let link: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  anna = new Participant(testEnv);
  await anna.invited();
  link = await anna.link();
});

const everything = () => dump(testEnv, ['outbox']);
const end = (status: OnboardingRow['status']) =>
  testEnv.db
    .sql('onboarding')
    .where({ id: anna.onboardingId })
    .update({ status, endedAt: testEnv.db.sql.fn.now() });
const age = (days: number) => {
  const then = testEnv.db.sql.raw(`now() - ? * interval '1 day'`, [days]);
  return testEnv.db
    .sql('onboarding')
    .where({ id: anna.onboardingId })
    .update({ progressedAt: then, requestedAt: then });
};

describe('a link as a mail program left it', () => {
  it.each(['.', ')', '%3E', ',', '%20', '%0D%0A', '%E2%80%8B'])(
    'with %s behind it is opened',
    async (end) => {
      const { status } = await anna.ask(link + end, { method: 'GET' });
      expect(status).toBe(200);
      await anna.open(link + end);
      expect(anna.page.text).toContain('Aanmelden');
    },
  );

  it('broken by an encoded line end is opened, and its button works', async () => {
    const broken = `${link.slice(0, 40)}%0D%0A%20${link.slice(40)}`;
    await anna.open(broken);
    expect(anna.page.text).toContain('Aanmelden');
    await anna.submit({}, broken);
    expect(anna.session).toBeDefined();
  });
});

describe('a mail scanner that opens the link 50 times', () => {
  it('changes nothing, gets no session, and causes no mail and no SMS', async () => {
    const before = await everything();
    const paths = [link, `${link}/not-me`];
    for (const method of ['GET', 'HEAD'])
      for (let i = 0; i < 25; i++)
        for (const path of paths) {
          const { status, headers } = await anna.ask(path, { method });
          expect(status).toBe(200);
          expect(headers.getSetCookie()).toEqual([]);
        }
    expect(await everything()).toBe(before);
    expect(await testEnv.mailbox.mails()).toEqual([]);
    expect(testEnv.phone.messages()).toEqual([]);
  });

  it('and the link works afterwards as if nothing had happened', async () => {
    for (let i = 0; i < 50; i++) await anna.ask(link);
    await anna.openLink(link);
    expect(anna.path).toBe('/onboarding/terms');
  });

  it('that follows what it finds on the page still changes nothing', async () => {
    const before = await everything();
    await anna.open(link);
    const found = [...anna.page.text.matchAll(/(?:href|src|action)="([^"]+)"/g)].map(([, path]) => path!);
    for (const path of found.filter((one) => one.startsWith('/'))) await anna.ask(path);
    expect(await everything()).toBe(before);
  });
});

describe('the page of the link', () => {
  it('names the organisation and has one main button', async () => {
    await anna.open(link);
    expect(anna.reads).toContain('Gemeente Voorbeeld heeft u een vertrouwelijk bericht gestuurd');
    expect(anna.page.text.match(/class="primary"/g)).toHaveLength(1);
    expect(anna.reads).toContain('Aanmelden');
  });

  it('is in the language the sender chose', async () => {
    const john = new Participant(testEnv);
    await john.invited({ to: { email: john.email, locale: 'en' } });
    await john.open(await john.link());
    expect(john.reads).toContain('A confidential message is waiting for you');
    expect(john.page.text).toContain('<html lang="en">');
  });

  it('never shows subject or text of the message', async () => {
    await anna.open(link);
    expect(anna.page.text).not.toContain('Uw aanstelling');
    expect(anna.page.text).not.toContain('vertrouwelijk.');
  });
});

describe('its button', () => {
  it('opens a session and goes to an address without the token', async () => {
    await anna.openLink(link);
    expect(anna.path).toBe('/onboarding/terms');
    expect(anna.session).toBeTruthy();
  });

  it('pressed three times at once opens the way once more for each browser, and changes no fact', async () => {
    await anna.open(link);
    const before = await dump(testEnv, ['outbox', 'session']);
    const answers = await Promise.all([1, 2, 3].map(() => anna.post(link, {})));
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 303, location: '/onboarding/continue?cookies=check' });
    expect(await dump(testEnv, ['outbox', 'session'])).toBe(before);
    await anna.open('/onboarding/continue');
    expect(anna.path).toBe('/onboarding/terms');
  });

  it('pressed again later keeps the session and all it has proven', async () => {
    await anna.to('profile');
    const { session } = anna;
    await anna.openLink();
    expect(anna.path).toBe('/onboarding/profile');
    expect(anna.session).toBe(session);
  });

  it('pressed in a browser where Bob is signed up begins a session of Anna', async () => {
    const bob = await new Participant(testEnv).to('password');
    for (const [name, value] of bob.cookies) anna.cookies.set(name, value);
    await anna.openLink();
    expect(anna.path).toBe('/onboarding/terms');
    expect(anna.session).not.toBe(bob.session);
  });

  it('of the older of three mails works, too', async () => {
    const [, second, third] = [link, await anna.link(), await anna.link()];
    for (const one of [link, second, third]) {
      const browser = anna.elsewhere();
      await browser.openLink(one);
      expect(browser.path).toBe('/onboarding/terms');
    }
  });
});

describe('an expired link', () => {
  beforeEach(() => age(15));

  it('says so at once, before any form, with one button for a new mail', async () => {
    await anna.open(link);
    expect(anna.page.status).toBe(200);
    expect(anna.reads).toContain('Deze uitnodiging is verlopen');
    expect(anna.reads).toContain('Nieuwe uitnodiging sturen');
    expect(anna.reads).not.toContain('Aanmelden');
  });

  it('opens no session', async () => {
    await anna.post(link, {});
    expect(anna.session).toBeUndefined();
  });

  it('asks for one new mail, however often the button is pressed', async () => {
    await Promise.all([1, 2, 3].map(() => anna.post(`${link}/renew`, {})));
    const { text } = await anna.post(`${link}/renew`, {});
    expect(noticeIn(text)).toBe('renewed');
    expect((await anna.events()).filter((event) => event === 'invitation.requested')).toHaveLength(1);
  });

  it('works again after that, in the same mail too', async () => {
    await anna.post(`${link}/renew`, {});
    await anna.openLink(link);
    expect(anna.path).toBe('/onboarding/terms');
  });

  it('asked for by GET, as a reload or a language switch may do, shows the link’s page and asks for nothing', async () => {
    const before = await everything();
    await anna.open(`${link}/renew`);
    expect(anna.path).toBe(link);
    expect(await everything()).toBe(before);
  });
});

describe('other ends of the way', () => {
  it('the account is open: sign in', async () => {
    await end('completed');
    await anna.open(link);
    expect(anna.reads).toContain('Uw toegang is al ingesteld');
    expect(anna.page.text).toContain('href="/sign-in"');
    await anna.post(link, {});
    expect(anna.session).toBeUndefined();
  });

  it('cancelled: who to ask', async () => {
    await end('cancelled');
    await anna.open(link);
    expect(anna.notice).toBe('cancelled');
    await anna.post(link, {});
    expect(anna.session).toBeUndefined();
    expect(noticeIn((await anna.post(`${link}/renew`, {})).text)).toBe('cancelled');
  });

  it.each([
    ['cut off', (token: string) => token.slice(0, -1)],
    [
      'a letter changed at the end',
      (token: string) => token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a'),
    ],
    [
      'a letter changed in the middle',
      (token: string) => token.slice(0, 40) + (token[40] === 'x' ? 'y' : 'x') + token.slice(41),
    ],
    ['made up', () => 'x'.repeat(64)],
    [
      'another’s row with our proof',
      (token: string) =>
        Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url').slice(0, 20) +
        token.slice(20),
    ],
    ['hostile', () => encodeURIComponent(`'; drop table invitation; --\u0000<script>`)],
    ['not even text', () => '%E0%A4%A'],
    ['10,000 signs', () => 'a'.repeat(10_000)],
  ])('unknown (%s): how to get help, and nothing else', async (_what, change) => {
    const token = change(link.slice('/i/'.length));
    for (const path of [`/i/${token}`, `/i/${token}/not-me`]) {
      const { status, text } = await anna.ask(path);
      expect([400, 404]).toContain(status);
      expect(noticeIn(text)).toMatch(/^(unknown|notFound)$/);
      expect(text).not.toContain('<script>');
      expect(text).not.toContain('Gemeente Voorbeeld');
    }
    const { status } = await anna.post(`/i/${token}`, {});
    expect([400, 404]).toContain(status);
    expect(anna.session).toBeUndefined();
  });
});

describe('"this is not me"', () => {
  const sure = { sure: 'yes' };

  it('asks twice, then tells the sender once, also when pressed three times', async () => {
    await anna.open(`${link}/not-me`);
    expect(anna.reads).toContain('Is dit niet voor u?');
    await anna.submit({});
    expect(anna.reads).toContain('Weet u het zeker?');
    expect((await anna.row()).notMeAt).toBeNull();
    await Promise.all([1, 2, 3].map(() => anna.post(`${link}/not-me`, sure)));
    expect((await anna.row()).notMeAt).not.toBeNull();
    expect((await anna.events()).filter((event) => event === 'invitation.not_me')).toHaveLength(1);
  });

  it('is not said by a program that submits the first form of each page it gets', async () => {
    await anna.open(`${link}/not-me`);
    for (let pages = 0; pages < 5; pages++) {
      const [, form = ''] = /<main[\s\S]*?<form([\s\S]*?)<\/form>/.exec(anna.page.text) ?? [];
      const action = /action="([^"]+)"/.exec(form)?.[1] ?? anna.path;
      const [, name, value] = /name="([^"]+)" value="([^"]+)"/.exec(form) ?? [];
      await anna.submit(name && value ? { [name]: value } : {}, action);
    }
    expect(await anna.events()).not.toContain('invitation.not_me');
  });

  it('is taken back by signing up: the sender sees that it is over', async () => {
    await anna.post(`${link}/not-me`, sure);
    const problem = async () => (await call(testEnv, `/recipients/${anna.personId}`)).body.onboarding;
    expect(await problem()).toMatchObject({ problem: 'not-me' });
    await anna.openLink(link);
    expect((await anna.row()).notMeAt).toBeNull();
    expect(await problem()).not.toHaveProperty('problem');
    await anna.acceptTerms();
    expect(anna.path).toBe('/onboarding/password');
  });
});
