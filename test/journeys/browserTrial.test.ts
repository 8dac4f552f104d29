/** The trial pages: for a newcomer, on any screen, with keyboard and screen reader, and without script. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailer } from '../../activities/mail/mailer.ts';
import { sampleMails, sampleParts } from '../../tools/screenshots/sampleMails.ts';
import { openAuthenticator } from '../../tools/tryout/authenticator.ts';
import { openTrial, type Trial } from '../../tools/tryout/tryout.ts';
import { beyondTheSide, smallTargets, violations } from '../kit/access.ts';
import { startBrowser } from '../kit/chromium.ts';
import { SOON_MS } from '../kit/eventually.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

/** A zone that no test machine is in: always 5 hours and 45 minutes ahead of UTC. */
const ZONE = { name: 'Asia/Kathmandu', aheadMs: 345 * 60_000 };

/** Above and below a mail's frame, in pixels. */
const BORDERS = 2;

const folder = mkdtempSync(path.join(tmpdir(), 'instap-trial-'));
let testEnv: TestEnvironment;
let browser: Browser;
let trial: Trial;

beforeAll(async () => {
  [testEnv, browser] = await Promise.all([createTestEnvironment({ worker: false }), startBrowser()]);
  const { mailbox, phone, url: publicUrl, apiKey } = testEnv;
  const authenticator = openAuthenticator(path.join(folder, 'authenticator.json'));
  trial = await openTrial({ mailbox, phone, authenticator, timeZone: ZONE.name });
  const temporalUi = 'http://localhost:8233';
  const { TIME_ZONE: timeZone } = testEnv.config;
  trial.show({ publicUrl, apiKey, temporalUi, timeZone, mailbox: true, phone: true });
  await fillAll();
});
afterAll(async () => {
  await browser.close();
  await trial.close();
  await testEnv.close();
  rmSync(folder, { recursive: true });
});

async function withPage(work: (page: Page) => Promise<void>, options: { javaScriptEnabled?: boolean } = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(SOON_MS);
  await work(await context.newPage());
  await context.close();
}

/** A mail and an SMS for each of two people, and a key in the authenticator. */
async function fillAll(): Promise<void> {
  const mailer = createMailer({ url: testEnv.mailbox.url, from: 'Instap <no-reply@instap.example>' });
  for (const [locale, to] of [
    ['nl', 'anna@example.com'],
    ['en', 'john@example.com'],
  ] as const) {
    const { content } = sampleMails(locale)[0]!;
    const parts = sampleParts(content);
    await mailer.send({
      ...parts,
      to,
      fromName: 'Gemeente Voorbeeld',
      subject: parts.subject,
      messageId: `<${to}>`,
    });
  }
  mailer.close();
  for (const To of ['+31612345678', '+31687654321'])
    testEnv.phone.receive({ To, From: '+31970000000', Body: '603848 is uw code.', ValidityPeriod: '300' });
  const delivered = () => testEnv.phone.messages().every(({ status }) => status === 'delivered');
  await testEnv.phone.waitFor(delivered, SOON_MS);
}

const addKey = (key: string) => async (page: Page) => {
  await page.getByLabel('Secret key').fill(key);
  await page.getByRole('button', { name: 'Add the key' }).click();
};

it.each(['/mailbox', '/phone'])('%s shows times in the time zone of the service', async (place) => {
  await withPage(async (page) => {
    await page.goto(trial.url + place);
    const time = page.locator('time').first();
    const at = Date.parse((await time.getAttribute('datetime'))!);
    const there = new Date(at + ZONE.aheadMs).toISOString();
    expect(await time.textContent()).toMatch(new RegExp(`${there.slice(11, 19)}$`));
  });
});

describe('no page has a barrier', () => {
  const open = (place: string) => (page: Page) => page.goto(trial.url + place);
  const openMail = async (page: Page) => {
    await open('/mailbox')(page);
    await page.getByRole('link', { name: 'er staat een vertrouwelijk bericht' }).click();
    await page.locator('iframe').waitFor();
  };
  const PLACES: [string, (page: Page) => Promise<unknown>][] = [
    ['start', open('/')],
    [
      'start, message sent',
      async (page) => {
        await open('/')(page);
        await page.getByText('What the message says').click();
        await page.getByRole('button', { name: 'Send the message' }).click();
        await page.getByRole('heading', { name: 'Accepted' }).waitFor();
      },
    ],
    ['mailbox', open('/mailbox')],
    ['mailbox of one person', open('/mailbox?to=anna%40example.com')],
    ['mail', openMail],
    [
      'mail, as text',
      async (page) => {
        await openMail(page);
        await page.getByRole('link', { name: 'Text', exact: true }).click();
      },
    ],
    [
      'phone',
      async (page) => {
        await open('/phone')(page);
        await addKey('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')(page);
        await page.locator('[data-token]').waitFor();
      },
    ],
    [
      'phone, no key',
      async (page) => {
        await open('/phone')(page);
        await addKey('zzz')(page);
        await page.getByRole('alert').waitFor();
      },
    ],
  ];

  it.each(PLACES)('%s', async (_name, go) => {
    await withPage(async (page) => {
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await go(page);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const wrong = [await violations(page), await smallTargets(page), await beyondTheSide(page)].flat();
          expect(wrong, `${width} ${colorScheme}`).toEqual([]);
        }
      }
    });
  });
});

describe('a mail is seen whole, down to its last line', () => {
  it.each([
    [390, 'dark'],
    [1280, 'dark'],
    [390, 'light'],
  ] as const)('%s pixels, %s', async (width, colorScheme) => {
    await withPage(async (page) => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.emulateMedia({ colorScheme });
      await page.goto(`${trial.url}/mailbox`);
      await page.getByRole('link', { name: 'er staat een vertrouwelijk bericht' }).click();
      const mail = page.frameLocator('iframe').locator('html');
      await mail.getByText('Antwoorden worden niet gelezen.').waitFor();
      await page.setViewportSize({ width, height: 800 });
      // The frame adapts once the mail is laid out for the new width.
      await expect
        .poll(async () => {
          const [frame, whole] = await Promise.all([
            page.locator('iframe').boundingBox(),
            mail.boundingBox(),
          ]);
          return Math.round(frame!.height - whole!.height);
        })
        .toBe(BORDERS);
    });
  });

  it('without script it scrolls in its frame', async () => {
    await withPage(
      async (page) => {
        await page.setViewportSize({ width: 390, height: 600 });
        await page.goto(`${trial.url}/mailbox`);
        await page.getByRole('link', { name: 'er staat een vertrouwelijk bericht' }).click();
        const last = page.frameLocator('iframe').getByText('Antwoorden worden niet gelezen.');
        await last.scrollIntoViewIfNeeded();
        const box = (await last.boundingBox())!;
        expect(box.y + box.height).toBeLessThanOrEqual(600);
      },
      { javaScriptEnabled: false },
    );
  });
});

it('what looks like a card can be pressed: the steps of a message do not look like one', async () => {
  await withPage(async (page) => {
    await page.goto(trial.url);
    const looks = await page.evaluate<string[]>(`
      [...document.querySelectorAll('.way li')].map(getComputedStyle).map((style) => style.backgroundColor + ' ' + style.borderTopWidth)`);
    expect(new Set(looks)).toEqual(new Set(['rgba(0, 0, 0, 0) 0px']));
  });
});

it('the keyboard alone is enough to send a message and to go to the mailbox', async () => {
  await withPage(async (page) => {
    await page.goto(trial.url);
    await page.getByLabel('To (any address)').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Accepted' }).waitFor();
    await page.getByRole('link', { name: 'Open the mailbox' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Mailbox' }).waitFor();
  });
});

it('without script a message is sent, too, in the language of the person', async () => {
  await withPage(
    async (page) => {
      await page.goto(trial.url);
      await page.getByLabel('Language of the person').selectOption('English');
      await page.getByRole('button', { name: 'Send the message' }).click();
      await page.getByRole('heading', { name: 'Accepted' }).waitFor();
      expect(await page.locator('[name="subject"]').inputValue()).toBe('Your application');
    },
    { javaScriptEnabled: false },
  );
});

it('own words are sent as they are, in any language', async () => {
  await withPage(async (page) => {
    await page.goto(trial.url);
    await page.getByText('What the message says').click();
    await page.getByLabel('Subject').fill('Iets anders');
    await page.getByLabel('Language of the person').selectOption('English');
    await page.getByRole('button', { name: 'Send the message' }).click();
    await page.getByRole('heading', { name: 'Accepted' }).waitFor();
    expect(await page.locator('[name="subject"]').inputValue()).toBe('Iets anders');
    expect(await page.locator('[name="sender"]').inputValue()).toBe('Team Vergunningen');
  });
});

it('the mailbox can be seen of one person alone', async () => {
  await withPage(async (page) => {
    await page.goto(`${trial.url}/mailbox`);
    await page.getByRole('link', { name: 'john@example.com', exact: true }).click();
    const subjects = await page.getByRole('listitem').getByRole('strong').allInnerTexts();
    expect(subjects).toEqual(['Gemeente Voorbeeld: a confidential message is waiting for you']);
  });
});
