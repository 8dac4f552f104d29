/** A person who goes through everything, from the mail to the message. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, type Timing } from './browser.ts';
import { sendMessage } from './sender.ts';
import type { StandIns } from './standIns.ts';

/** What a participant needs of the service. */
export type Service = { url: string; apiKey: string; standIns: StandIns };

export type Journey = {
  /** The address to sign in with. */
  email: string;
  timings: Timing[];
  /** From the API's answer until the mail arrived, in milliseconds. */
  mailMs: number;
};

/** How often the last page is checked, in milliseconds. */
const LOOK_AGAIN_MS = 1_000;
/** How many checks to wait for the account to open. */
const LOOKS = 120;
const OWN_PASSWORD = 'vier blauwe fietsen 88';
const PROFILE = { gender: 'female', initials: 'A.', firstName: 'Anna', lastName: 'Jansen' };
const MESSAGE = 'dit is vertrouwelijk';

let participants = 0;

/** With SMS and without an app. Throws where a page does not lead on. */
export async function goThrough({ url, apiKey, standIns }: Service): Promise<Journey> {
  const id = ++participants;
  const browser = new Browser(url, `10.${(id >> 16) & 255}.${(id >> 8) & 255}.${id & 255}`);
  const email = `person.${id}@example.com`;
  const phone = `+316${String(20_009_999 + id * 10_000).slice(-8)}`;

  const mailCame = standIns.nextMail(email);
  await sendMessage({ url, apiKey }, { email, body: `Beste collega, ${MESSAGE}.` });
  const sentAt = performance.now();
  const mail = await mailCame;
  const mailMs = performance.now() - sentAt;

  await browser.open(linkIn(mail));
  await goOn(browser, {});
  await goOn(browser, { accept: 'yes' });
  await goOn(browser, {
    currentPassword: temporaryPasswordIn(mail),
    newPassword: OWN_PASSWORD,
    newPasswordAgain: OWN_PASSWORD,
  });
  const smsCame = standIns.nextSms(phone);
  await goOn(browser, { phone, action: 'send' });
  await goOn(browser, { code: codeIn(await smsCame), action: 'confirm' });
  await goOn(browser, { action: 'skip' });
  await goOn(browser, PROFILE);
  await waitForMessage(browser);
  return { email, timings: browser.timings, mailMs };
}

async function goOn(browser: Browser, fields: Record<string, string>): Promise<void> {
  const before = browser.path;
  await browser.submit(fields);
  if (browser.path === before) throw new Error(`${before} does not lead on`);
}

async function waitForMessage(browser: Browser): Promise<void> {
  for (let looks = 0; looks < LOOKS; looks++) {
    if (browser.page.includes(MESSAGE)) return;
    await sleep(LOOK_AGAIN_MS);
    await browser.open(browser.path);
  }
  throw new Error(`no message at ${browser.path}`);
}

export const linkIn = (mail: string): string => new URL(/https?:\/\/\S+\/i\/\S+/.exec(mail)![0]).pathname;
const temporaryPasswordIn = (mail: string): string => /Tijdelijk wachtwoord: (\S+)/.exec(mail)![1]!;
const codeIn = (sms: string): string => /\d{6}/.exec(sms)![0];
