/** Visits the pages for trying Instap out: somebody sends a message, and plays the person who gets it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { TestEnvironment } from '../../test/kit/environment.ts';
import { openAuthenticator } from '../tryout/authenticator.ts';
import { openTrial } from '../tryout/tryout.ts';

type Shoot = (page: Page, shot: { name: string; caption: string }) => Promise<void>;

/** A key like those on the app's page. */
const KEY = 'otpauth://totp/Instap:anna%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Instap';
const SOON_MS = 15_000;
const TEMPORAL_UI = 'http://localhost:8233';

export async function trialTour({
  testEnv,
  browser,
  shoot,
}: {
  testEnv: TestEnvironment;
  browser: Browser;
  shoot: Shoot;
}): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-trial-'));
  const { mailbox, phone, url: publicUrl, apiKey } = testEnv;
  const authenticator = openAuthenticator(path.join(folder, 'authenticator.json'));
  const timeZone = 'Europe/Amsterdam';
  const trial = await openTrial({ mailbox, phone, authenticator, timeZone });
  trial.show({
    publicUrl,
    apiKey,
    temporalUi: TEMPORAL_UI,
    timeZone,
    mailbox: true,
    phone: true,
  });
  const page = await browser.newPage();
  try {
    await page.goto(trial.url);
    await shoot(page, { name: 'start', caption: 'The start page' });
    const [last] = await mailbox.mails();
    await page.locator('main form button').first().click();
    await page.getByRole('status').waitFor();
    await shoot(page, { name: 'start-sent', caption: 'The start page, when a message was sent' });
    // The mailbox reloads itself when a mail arrives, which would spoil the screenshot.
    await mailbox.waitFor(({ id }) => id > (last?.id ?? ''), SOON_MS);
    await page.goto(`${trial.url}/mailbox`);
    await shoot(page, { name: 'mailbox', caption: 'The mailbox' });
    await page.locator('ol a').first().click();
    await page.locator('iframe').waitFor();
    await shoot(page, { name: 'mail', caption: 'A mail in the mailbox' });
    await page.goto(`${trial.url}/phone`);
    await page.locator('[name="key"]').fill(KEY);
    await page.locator('[name="key"]').press('Enter');
    await page.locator('[data-token]').waitFor();
    await shoot(page, { name: 'phone', caption: 'The phone: SMS, and an authenticator app' });
  } finally {
    await page.close();
    await trial.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
