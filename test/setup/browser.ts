/** A person in a real browser, at the width of a phone: sees words, presses what is named, reads mail and SMS. */
import { randomInt } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Locale } from '../../db/people.ts';
import { startBrowser } from '../../dev/browser.ts';
import type { WorldOptions } from '../../dev/world.ts';
import {
  linkIn,
  OWN_PASSWORD,
  Person,
  type Sent,
  sendMessage,
  temporaryPasswordIn,
  tokenOf,
} from './person.ts';
import { createWorld, type World } from './world.ts';

const PHONE_SIZE = { width: 390, height: 844 };
/** Longest wait for something to be seen. */
const SEEN_WITHIN_MS = 10_000;

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

type VisitOptions = { javaScript?: boolean; locale?: Locale };

export class Visitor {
  readonly world: World;
  readonly page: Page;
  /** The same person's mail and SMS. */
  readonly person: Person;
  /** A mobile number of nobody else. */
  readonly phone = `+3161${randomInt(1_000_000, 10_000_000 - 10)}`.replace(/000[1-4]$/, '1111');
  readonly locale: Locale;
  readonly labels: (typeof LABELS)['nl'];
  /** Everything the browser complained about: errors, what the policy blocked, failed and foreign requests. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;

  constructor(world: World, context: BrowserContext, page: Page, locale: Locale) {
    this.world = world;
    this.page = page;
    this.person = new Person(world);
    this.locale = locale;
    this.labels = LABELS[locale];
    this.#context = context;
    this.#watch();
  }

  #watch(): void {
    const complain = (text: string) => this.complaints.push(text);
    this.page.on('pageerror', (error) => complain(String(error)));
    this.page.on('console', (message) => {
      // What was answered with an error is looked at below, with its status.
      const answered = message.text().startsWith('Failed to load resource: the server responded');
      if (['error', 'warning'].includes(message.type()) && !answered) complain(message.text());
    });
    this.page.on('requestfailed', (request) =>
      complain(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`),
    );
    this.page.on('response', (response) => {
      // 422 is a form that came back with words.
      if (response.status() >= 400 && response.status() !== 422)
        complain(`${response.status()} ${response.url()}`);
    });
    this.page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== this.world.url && protocol !== 'data:') complain(`foreign: ${request.url()}`);
    });
  }

  get path(): string {
    return new URL(this.page.url()).pathname;
  }

  leave(): Promise<void> {
    return this.#context.close();
  }

  /** Resolves when `text` can be seen. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Resolves when the page with this heading is there. */
  async isAt(heading: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async fill(label: string, value: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(value);
  }

  // The way, page by page.

  async invited(): Promise<Sent> {
    const to = { email: this.person.email, locale: this.locale };
    return (await sendMessage(this.world, { email: this.person.email, body: { to } })).answer;
  }

  async openLink(nth = 1): Promise<void> {
    await this.page.goto(this.world.url + linkIn(await this.person.mail(nth)));
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

/** Somebody new, with a browser profile of their own. */
async function visit(
  browser: Browser,
  world: World,
  { javaScript = true, locale = 'nl' }: VisitOptions,
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: PHONE_SIZE,
    locale: locale === 'nl' ? 'nl-NL' : 'en-GB',
    javaScriptEnabled: javaScript,
  });
  context.setDefaultTimeout(SEEN_WITHIN_MS);
  return new Visitor(world, context, await context.newPage(), locale);
}

/**
 * For one test file: a world, a browser, and the people who come in the tests. A test fails when a browser complained
 * about anything, unless it took that out of `complaints` itself.
 */
export function visitors(options: WorldOptions = {}) {
  let world: World;
  let browser: Browser;
  let here: Visitor[] = [];
  beforeAll(async () => {
    [world, browser] = await Promise.all([createWorld(options), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });
  afterEach(async () => {
    const complaints = here.flatMap((visitor) => visitor.complaints);
    await Promise.all(here.map((visitor) => visitor.leave()));
    here = [];
    expect(complaints).toEqual([]);
  });
  return {
    world: () => world,
    async somebody(how: VisitOptions = {}): Promise<Visitor> {
      const visitor = await visit(browser, world, how);
      here.push(visitor);
      return visitor;
    },
  };
}
