/** What a phone has to download, including headers, as the browser counts it. */
import { expect, it } from 'vitest';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';

const { somebody } = browserParticipants();

const FIRST_PAGE = 25_000;
const FIRST_PAGE_WITH_SCRIPT = 45_000;
/** Style and scripts once, and eight pages. */
const WHOLE_JOURNEY = 90_000;

/** Bytes received from now on: scripts, and everything else. */
async function weigh({ page }: BrowserParticipant) {
  const weight = { script: 0, rest: 0, requests: 0 };
  const isScript = new Map<string, boolean>();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  devtools.on('Network.responseReceived', ({ requestId, type }) =>
    isScript.set(requestId, type === 'Script'),
  );
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    weight.requests += 1;
    weight[isScript.get(requestId) ? 'script' : 'rest'] += encodedDataLength;
  });
  return weight;
}

it('the first page is light, with its style and with its scripts; nothing holds up its showing', async () => {
  const anna = await somebody();
  await anna.invited();
  const weight = await weigh(anna);
  await anna.openLink();
  await anna.page.waitForLoadState('networkidle');
  expect(weight.requests).toBe(5);
  expect(weight.script).toBeGreaterThan(0);
  expect(weight.rest).toBeLessThan(FIRST_PAGE);
  expect(weight.rest + weight.script).toBeLessThan(FIRST_PAGE_WITH_SCRIPT);
  const blocking = await anna.page.evaluate<string[]>(
    `[...document.scripts].filter((script) => !script.defer).map(({ src }) => src)`,
  );
  expect(blocking).toEqual([]);
});

it('the whole journey, from the link to the message, is light', async () => {
  const anna = await somebody();
  await anna.invited();
  const weight = await weigh(anna);
  await anna.openLink();
  await anna.press('Aanmelden');
  await anna.agree();
  await anna.choosePassword();
  await anna.askCode();
  await anna.confirmCode();
  await anna.registerApp();
  await anna.isAt('Deelnemerinstellingen');
  await anna.saveProfile();
  await anna.isAt('Uw aanstelling');
  expect(weight.rest + weight.script).toBeLessThan(WHOLE_JOURNEY);
});
