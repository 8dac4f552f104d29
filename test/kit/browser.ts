/** People in real browsers, at the width of a phone, under watch: a complaint of the browser fails the test. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Locale } from '../../domain/locale.ts';
import { BrowserParticipant } from './browserParticipant.ts';
import { startBrowser } from './chromium.ts';
import type { TestEnvironmentOptions } from './environment.ts';
import { createTestEnvironment, type TestEnvironment } from './testEnvironment.ts';

const PHONE_SIZE = { width: 390, height: 844 };
/** Longest wait for something to be seen. */
const SEEN_WITHIN_MS = 30_000;

type VisitOptions = { javaScript?: boolean; locale?: Locale };

/** Takes note of everything the browser complains about: errors, what the policy blocks, failed and foreign requests. */
function watch({ page, complaints, testEnv: { url } }: BrowserParticipant): void {
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // What was answered with an error is looked at below, with its status.
    const answered = message.text().startsWith('Failed to load resource: the server responded');
    if (['error', 'warning'].includes(message.type()) && !answered) complaints.push(message.text());
  });
  page.on('requestfailed', (request) =>
    complaints.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`),
  );
  page.on('response', (response) => {
    // 422 is a form that came back with words.
    if (response.status() >= 400 && response.status() !== 422)
      complaints.push(`${response.status()} ${response.url()}`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== url && protocol !== 'data:') complaints.push(`foreign: ${request.url()}`);
  });
}

/** Somebody new, with a browser profile of their own. */
async function visit(
  browser: Browser,
  testEnv: TestEnvironment,
  { javaScript = true, locale = 'nl' }: VisitOptions,
): Promise<BrowserParticipant> {
  const options = { testEnv, locale, viewport: PHONE_SIZE, javaScriptEnabled: javaScript };
  const participant = await BrowserParticipant.come(browser, options);
  participant.page.context().setDefaultTimeout(SEEN_WITHIN_MS);
  watch(participant);
  return participant;
}

/**
 * For one test file: a test environment, a browser, and the people who come in the tests. A test fails when a browser complained
 * about anything, unless it took that out of `complaints` itself.
 */
export function browserParticipants(options: TestEnvironmentOptions = {}) {
  let testEnv: TestEnvironment;
  let browser: Browser;
  let here: BrowserParticipant[] = [];
  beforeAll(async () => {
    [testEnv, browser] = await Promise.all([createTestEnvironment(options), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await testEnv.close();
  });
  afterEach(async () => {
    const complaints = here.flatMap((participant) => participant.complaints);
    await Promise.all(here.map((participant) => participant.leave()));
    here = [];
    expect(complaints).toEqual([]);
  });
  return {
    testEnv: () => testEnv,
    async somebody(how: VisitOptions = {}): Promise<BrowserParticipant> {
      const participant = await visit(browser, testEnv, how);
      here.push(participant);
      return participant;
    },
  };
}
