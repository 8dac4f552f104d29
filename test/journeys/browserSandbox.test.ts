/** Webmail opens links in restricted windows: the pages behind them open there as well. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserParticipants } from '../kit/browser.ts';
import { linkIn } from '../kit/pages.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants();

/** A mail, shown by webmail on another origin; `sandbox`: what the mail's frame may do. */
let mail = { link: '', sandbox: '' };
const webmail = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(
    request.url === '/mail'
      ? `<a href="${mail.link}" target="_blank">open</a>`
      : `<iframe src="/mail" sandbox="${mail.sandbox}"></iframe>`,
  );
});
beforeAll(() => new Promise<void>((listening) => webmail.listen(0, '127.0.0.1', listening)));
afterAll(() => new Promise<unknown>((closed) => webmail.close(closed)));

it.each([
  ['allow-popups'],
  ['allow-popups allow-scripts allow-same-origin allow-forms'],
  ['allow-popups allow-popups-to-escape-sandbox'],
])('sandbox="%s"', async (sandbox) => {
  const anna = await somebody();
  await anna.invited();
  const link = linkIn(await anna.person.mail());
  const places = [
    [link, WORDS.link.nl.title],
    ['/sign-in', 'Inloggen'],
    [`/messages/${crypto.randomUUID()}`, 'Inloggen'],
    [`/reset/${'A'.repeat(64)}`, WORDS.notices.nl.oldReset.title],
  ] as const;
  const unloaded: string[] = [];
  anna.page.context().on('requestfailed', (request) => unloaded.push(request.url()));
  for (const [path, heading] of places) {
    mail = { link: testEnv().url + path, sandbox };
    await anna.page.goto(`http://127.0.0.1:${(webmail.address() as AddressInfo).port}/`);
    const opened = anna.page.context().waitForEvent('page');
    await anna.page.frameLocator('iframe').getByText('open').click();
    const popup = await opened;
    await popup.getByRole('heading', { level: 1, name: heading }).waitFor();
    await popup.close();
  }
  expect(unloaded.filter((url) => url.endsWith('.css'))).toEqual([]);
  // The stand-in for webmail is a different site, as it must be.
  anna.complaints.splice(0);
});
