/** Somebody in a browser, for the pictures: drives the pages by the names of fields, so in every language alike. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { World } from '../../test/kit/environment.ts';
import { SAMPLES, sendSample } from '../local/sample.ts';
import type { Mail } from '../tryout/mailbox.ts';
import type { Sms } from '../tryout/phone.ts';

export const OWN_PASSWORD = 'vier blauwe fietsen 88';

const SOON_MS = 15_000;

export type Language = keyof typeof SAMPLES;

const BROWSER_LOCALE: Record<Language, string> = { nl: 'nl-NL', en: 'en-GB' };

export class ScreenPerson {
  readonly world: World;
  readonly language: Language;
  readonly email: string;
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(given: { world: World; language: Language; email: string; page: Page }) {
    this.world = given.world;
    this.language = given.language;
    this.email = given.email;
    this.page = given.page;
    this.#context = given.page.context();
  }

  /** With a browser profile of their own. The same `email`: the same person, on another device. */
  static async come(
    browser: Browser,
    { world, language, email }: { world: World; language: Language; email: string },
  ): Promise<ScreenPerson> {
    const context = await browser.newContext({ locale: BROWSER_LOCALE[language] });
    context.setDefaultTimeout(SOON_MS);
    return new ScreenPerson({ world, language, email, page: await context.newPage() });
  }

  leave(): Promise<void> {
    return this.#context.close();
  }

  /** A message arrives for this person. Returns the mail that tells of it. */
  async invited(): Promise<Mail> {
    const [last] = await this.world.mailbox.mails();
    const sample = { ...SAMPLES[this.language], email: this.email };
    const answer = await sendSample(sample, { publicUrl: this.world.url, apiKey: this.world.apiKey });
    if (!answer.accepted) throw new Error(answer.text);
    return this.mailAfter(last);
  }

  /** The first mail to this person since `last`. */
  async mailAfter(last: Mail | undefined): Promise<Mail> {
    const isNew = ({ id, recipients }: Mail) => recipients.includes(this.email) && id > (last?.id ?? '');
    const mail = await this.world.mailbox.waitFor(isNew, SOON_MS);
    if (!mail) throw new Error(`no mail came for ${this.email}`);
    return mail;
  }

  goto(path: string): Promise<unknown> {
    return this.page.goto(new URL(path, this.world.url).href);
  }

  async at(path: string): Promise<void> {
    await this.page.waitForURL(new URL(path, this.world.url).href, { timeout: SOON_MS });
    await this.page.locator('h1').waitFor();
  }

  async fill(fields: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(fields))
      await this.page.locator(`[name="${name}"]:not([type="radio"], [type="hidden"])`).fill(value);
  }

  /** The main button: the first of the page. */
  submit(): Promise<void> {
    return this.page.locator('main form button:not([type="button"])').first().click();
  }

  press(name: string, value: string): Promise<void> {
    return this.page.locator(`button[name="${name}"][value="${value}"]`).first().click();
  }

  async rejected(): Promise<void> {
    await this.page.getByRole('alert').waitFor();
  }

  /** The form is gone: the page says what came of it. */
  answered(): Promise<void> {
    return this.page.locator('main form').first().waitFor({ state: 'detached' });
  }

  async choosePassword(current: string): Promise<void> {
    await this.fill({
      currentPassword: current,
      newPassword: OWN_PASSWORD,
      newPasswordAgain: OWN_PASSWORD,
    });
    await this.submit();
  }

  /** The code that arrived, once the receipt is there, too. */
  async code(phone: string): Promise<string> {
    const arrived = ({ to, status }: Sms) => to === phone && status === 'delivered';
    const sms = await this.world.phone.waitFor(arrived, SOON_MS);
    return /\d{6}/.exec(sms?.body ?? '')?.[0] ?? '';
  }

  /** The key that the page of the app shows. */
  async secret(): Promise<string> {
    return (await this.page.locator('#secret').innerText()).replace(/\s/g, '');
  }
}

/** The link in a mail that leads to `place`: `i` or `reset`. */
export const linkIn = ({ text }: Mail, place = 'i'): string =>
  new RegExp(`https?://\\S+/${place}/\\S+`).exec(text)?.[0] ?? '';

export const temporaryPasswordIn = ({ text }: Mail): string =>
  /(?:Tijdelijk wachtwoord|Temporary password): (\S+)/.exec(text)?.[1] ?? '';
