/** The page that each mail links to for people who doubt it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { sampleMails, sampleParts } from '../../tools/screenshots/sampleMails.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({
    worker: false,
    env: { MAIL_FROM: 'Instap <post@instap.example>', HELP_CONTACT: 'bel 14 020' },
  });
});
afterAll(() => testEnv.close());

async function reader(path: string, language = 'nl') {
  const anna = new Participant(testEnv);
  anna.page = await anna.ask(path, { headers: { 'accept-language': language } });
  return anna;
}

describe('is this mail genuine?', () => {
  it.each([
    ['/echt', 'nl', 'Is deze e-mail echt?'],
    ['/genuine', 'en', 'Is this e-mail genuine?'],
  ])('%s answers in the language of its mail, without signing in', async (path, language, heading) => {
    for (const wanted of ['nl', 'en', 'de', '']) {
      const anna = await reader(path, wanted);
      expect(anna.page.status).toBe(200);
      expect(anna.page.text).toContain(`<html lang="${language}">`);
      expect(anna.reads).toContain(heading);
    }
  });

  it.each([
    ['nl', 'Is deze e-mail echt?'],
    ['en', 'Is this e-mail genuine?'],
  ] as const)('is where the last link of a mail in %s leads', async (locale, heading) => {
    const { text } = sampleParts(sampleMails(locale)[0]!.content);
    const address = [...text.matchAll(/^https?:\/\/\S+$/gm)].at(-1)![0];
    expect((await reader(new URL(address).pathname)).reads).toContain(heading);
  });

  it('follows the switch', async () => {
    const anna = await reader('/echt');
    await anna.submit({ locale: 'en', back: '/echt' }, '/language');
    expect(anna.path).toBe('/echt');
    expect(anna.reads).toContain('Is this e-mail genuine?');
  });

  it.each(['/echt', '/genuine'])(
    '%s names the sender, the host of every link, and whom to ask',
    async (path) => {
      const { reads } = await reader(path);
      expect(reads).toContain('post@instap.example');
      expect(reads).toContain(`${testEnv.url}/`);
      expect(reads).toContain('bel 14 020');
    },
  );

  it('says that nobody ever asks for a password or a code', async () => {
    expect((await reader('/echt')).reads).toContain('Wij vragen nooit om uw wachtwoord of een code');
    expect((await reader('/genuine')).reads).toContain('We never ask for your password or a code');
  });

  it('changes nothing and gives nobody a session', async () => {
    const { page } = await reader('/echt');
    expect(page.headers.getSetCookie()).toEqual([]);
  });
});
