/** Somebody who is being onboarded, in front of a real browser: sees words, presses what is named, reads mails and SMS. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Locale } from '../../domain/locale.ts';
import { tokenOf } from '../../tools/tryout/authenticator.ts';
import type { Notice } from '../../web/ui/notices.ts';
import type { TestEnvironment } from './environment.ts';
import { SOON_MS } from './eventually.ts';
import { type Fields, linkIn, OWN_PASSWORD, temporaryPasswordIn } from './pages.ts';
import { Participant } from './participant.ts';
import type { Sent } from './sender.ts';

/** The labels that are settled; written here again, so that a changed one is noticed. */
const LABELS = {
  nl: {
    signUp: 'Aanmelden',
    agree: 'Akkoord',
    current: 'Huidig wachtwoord *',
    fresh: 'Nieuw wachtwoord *',
    again: 'Nogmaals nieuw wachtwoord *',
    savePassword: 'Wachtwoord wijziging opslaan',
    phone: 'Mobiel telefoonnummer',
    send: 'Bevestigings-SMS versturen',
    code: 'Bevestigingscode',
    confirm: 'Doorvoeren',
    skip: 'Overslaan',
    token: 'Token',
    register: 'Authenticatie-app registreren',
    woman: 'Vrouw',
    initials: 'Voorletters *',
    firstName: 'Voornaam *',
    lastName: 'Achternaam *',
    save: 'Opslaan',
  },
  en: {
    signUp: 'Sign up',
    agree: 'I agree',
    current: 'Current password *',
    fresh: 'New password *',
    again: 'New password again *',
    savePassword: 'Save new password',
    phone: 'Mobile number',
    send: 'Send confirmation SMS',
    code: 'Confirmation code',
    confirm: 'Confirm',
    skip: 'Skip',
    token: 'Token',
    register: 'Register authenticator app',
    woman: 'Woman',
    initials: 'Initials *',
    firstName: 'First name *',
    lastName: 'Surname *',
    save: 'Save',
  },
};

const BROWSER_LOCALE: Record<Locale, string> = { nl: 'nl-NL', en: 'en-GB' };

export class BrowserParticipant {
  readonly testEnv: TestEnvironment;
  readonly page: Page;
  /** The same person's mails and SMS. */
  readonly person: Participant;
  readonly phone: string;
  readonly locale: Locale;
  readonly labels: (typeof LABELS)['nl'];
  /** Everything the browser complained about, where that is watched. */
  readonly complaints: string[] = [];

  private constructor({
    testEnv,
    page,
    locale,
    email,
  }: { testEnv: TestEnvironment; page: Page; locale: Locale; email?: string }) {
    this.testEnv = testEnv;
    this.page = page;
    this.person = new Participant(testEnv, email);
    this.phone = this.person.phone;
    this.locale = locale;
    this.labels = LABELS[locale];
  }

  /** With a browser profile of their own. The same `email`: the same person, on another device. */
  static async come(
    browser: Browser,
    {
      testEnv,
      locale,
      email,
      ...options
    }: { testEnv: TestEnvironment; locale: Locale; email?: string } & BrowserContextOptions,
  ): Promise<BrowserParticipant> {
    const context = await browser.newContext({ ...options, locale: BROWSER_LOCALE[locale] });
    context.setDefaultTimeout(SOON_MS);
    return new BrowserParticipant({ testEnv, page: await context.newPage(), locale, email });
  }

  get path(): string {
    return new URL(this.page.url()).pathname;
  }

  leave(): Promise<void> {
    return this.page.context().close();
  }

  /** Resolves when `text` can be seen. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Resolves when the page with this heading is there. */
  async isAt(heading: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  /** Resolves when the page with this notice is there. */
  async shows(notice: Notice): Promise<void> {
    await this.page.locator(`h1[data-notice="${notice}"]`).waitFor();
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async fill(label: string, value: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(value);
  }

  /** What stands in the field. */
  typed(label: string): Promise<string> {
    return this.page.getByLabel(label, { exact: true }).inputValue();
  }

  goto(path: string): Promise<unknown> {
    return this.page.goto(new URL(path, this.testEnv.url).href);
  }

  // By the names of fields and buttons, in every language alike.

  /** Resolves when the page at this path is there. */
  async at(path: string): Promise<void> {
    await this.page.waitForURL(new URL(path, this.testEnv.url).href, { timeout: SOON_MS });
    await this.page.locator('h1').waitFor();
  }

  async enter(fields: Fields): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      const choice = this.page.locator(`[type="radio"][name="${name}"][value="${value}"]`);
      if (await choice.count()) await choice.check();
      else await this.page.locator(`[name="${name}"]:not([type="hidden"])`).fill(value);
    }
  }

  /** Enters what has fields, and presses the button that is named among them, or else the main one. */
  async answer(fields: Fields): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      const button = this.page.locator(`button[name="${name}"][value="${value}"]`).first();
      if (!(await button.count())) continue;
      const { [name]: _, ...entered } = fields;
      await this.enter(entered);
      return button.click();
    }
    await this.enter(fields);
    await this.submit();
  }

  /** Presses the main button: the first of the page. */
  submit(): Promise<void> {
    return this.page.locator('main form button:not([type="button"])').first().click();
  }

  /** Resolves when the page says that something is wrong. */
  async rejected(): Promise<void> {
    await this.page.getByRole('alert').waitFor();
  }

  /** Resolves when the form is gone: the page says what came of it. */
  answered(): Promise<void> {
    return this.page.locator('main form').first().waitFor({ state: 'detached' });
  }

  // The way, page by page, by the labels.

  invited(message: object = {}): Promise<Sent> {
    const to = { email: this.person.email, locale: this.locale };
    return this.person.invited({ to, ...message });
  }

  async openLink(nth = 1): Promise<void> {
    await this.goto(linkIn(await this.person.mail(nth)));
  }

  /** From the mail to the terms. */
  async signUp(): Promise<Sent> {
    const sent = await this.invited();
    await this.openLink();
    await this.press(this.labels.signUp);
    return sent;
  }

  agree(): Promise<void> {
    return this.press(this.labels.agree);
  }

  async choosePassword(own = OWN_PASSWORD): Promise<void> {
    await this.fill(this.labels.current, temporaryPasswordIn(await this.person.mail()));
    await this.fill(this.labels.fresh, own);
    await this.fill(this.labels.again, own);
    await this.press(this.labels.savePassword);
  }

  /** From the mail to the second factor. */
  async toSecondFactor(): Promise<Sent> {
    const sent = await this.signUp();
    await this.agree();
    await this.choosePassword();
    await this.page.getByLabel(this.labels.phone, { exact: true }).waitFor();
    return sent;
  }

  async askCode(phone = this.phone): Promise<void> {
    await this.fill(this.labels.phone, phone);
    await this.press(this.labels.send);
    await this.page.getByLabel(this.labels.code, { exact: true }).waitFor();
  }

  async confirmCode(phone = this.phone): Promise<void> {
    await this.fill(this.labels.code, await this.person.code(phone));
    await this.press(this.labels.confirm);
  }

  skip(): Promise<void> {
    return this.press(this.labels.skip);
  }

  async secret(): Promise<string> {
    return (await this.page.locator('#secret').innerText()).replace(/\s/g, '');
  }

  async registerApp(): Promise<void> {
    await this.fill(this.labels.token, tokenOf(await this.secret()));
    await this.press(this.labels.register);
  }

  async saveProfile(): Promise<void> {
    await this.page.getByLabel(this.labels.woman, { exact: true }).check();
    await this.fill(this.labels.initials, 'A.');
    await this.fill(this.labels.firstName, 'Anna');
    await this.fill(this.labels.lastName, 'Jansen');
    await this.press(this.labels.save);
  }
}
