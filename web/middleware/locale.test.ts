/**
 * The language: the person’s switch, then the sender’s choice, then the browser’s. The switch only leads back to the
 * same site.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { WORDS } from '../../test/kit/words.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const languageOf = (text: string) => /<html lang="(\w+)">/.exec(text)![1];

describe('a page', () => {
  it.each([
    ['nl', 'nl'],
    ['en-GB,en;q=0.9', 'en'],
    ['de,fr;q=0.8', 'nl'],
    ['de, en;q=0.5, nl;q=0.2', 'en'],
    ['', 'nl'],
  ])('for somebody unknown whose browser wants "%s" is in %s', async (wanted, language) => {
    const { text } = await new Participant(testEnv).ask('/sign-in', {
      headers: { 'accept-language': wanted },
    });
    expect(languageOf(text)).toBe(language);
  });

  it('speaks the language that the sender chose, whatever the browser wants', async () => {
    const john = new Participant(testEnv);
    await john.invited({ to: { email: john.email, locale: 'en' } });
    await john.openLink();
    expect(languageOf(john.page.text)).toBe('en');
    expect(john.reads).toContain(WORDS.terms.en.title);
  });

  it('follows the switch from then on, and so do mails and SMS', async () => {
    const anna = await new Participant(testEnv).to('terms');
    await anna.submit({ locale: 'en', back: '/onboarding/terms' }, '/language');
    expect(anna.path).toBe('/onboarding/terms');
    expect(languageOf(anna.page.text)).toBe('en');
    expect(await testEnv.db.sql('person').where({ id: anna.personId }).first('locale')).toEqual({
      locale: 'en',
    });
    await anna.acceptTerms();
    expect(languageOf(anna.page.text)).toBe('en');
  });

  it('says which language is on, and offers the other on every page', async () => {
    const anna = await new Participant(testEnv).to('terms');
    expect(anna.page.text).toMatch(/value="nl" lang="nl" aria-current="true"/);
    expect(anna.page.text).toMatch(/value="en" lang="en">English/);
  });
});

describe('the switch', () => {
  it.each([
    '/sign-in',
    '/onboarding/sms/code',
    '/messages/0190a5f2-0000-7000-8000-000000000000',
    '/i/abc_-9',
  ])('leads back to %s', async (back) => {
    const { status, location } = await new Participant(testEnv).post('/language', { locale: 'en', back });
    expect([status, location]).toEqual([303, back]);
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\\evil.example',
    'evil.example',
    'javascript:alert(1)',
    '/%2F/evil.example',
    '/onboarding\r\nSet-Cookie: x=1',
    '/sign-in?next=//evil.example',
    '@evil.example',
    '',
    'x'.repeat(10_000),
  ])('never leads away: %.40s', async (back) => {
    const { status, location, headers } = await new Participant(testEnv).post('/language', {
      locale: 'en',
      back,
    });
    expect([status, location]).toEqual([303, '/']);
    expect(headers.getSetCookie().join()).not.toContain('x=1');
  });

  it.each(['fr', '', 'NL', '<script>', '__proto__'])(
    'knows no language "%s": nothing changes',
    async (locale) => {
      const { status, headers } = await new Participant(testEnv).post('/language', {
        locale,
        back: '/sign-in',
      });
      expect(status).toBe(303);
      expect(headers.getSetCookie()).toEqual([]);
    },
  );

  it('a cookie with something else in it is no language', async () => {
    const anna = new Participant(testEnv);
    anna.cookies.set('__Host-locale', 'constructor');
    expect(languageOf((await anna.ask('/sign-in')).text)).toBe('nl');
  });
});
