/** A person in front of a browser's page: sees words, presses what is named, reads mail and SMS. */
import { randomInt } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { Locale } from '../../domain/locale.ts';
import { tokenOf } from '../../tools/tryout/authenticator.ts';
import { linkIn, OWN_PASSWORD, temporaryPasswordIn } from './pages.ts';
import { Participant } from './participant.ts';
import { type Sent, sendMessage } from './sender.ts';
import type { World } from './testEnvironment.ts';

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

export class Visitor {
  readonly world: World;
  readonly page: Page;
  /** The same person's mail and SMS. */
  readonly person: Participant;
  /** A mobile number of nobody else. */
  readonly phone = `+3161${randomInt(1_000_000, 10_000_000 - 10)}`.replace(/000[1-8]$/, '1111');
  readonly locale: Locale;
  readonly labels: (typeof LABELS)['nl'];
  /** Everything the browser complained about: errors, what the policy blocked, failed and foreign requests. */
  readonly complaints: string[];

  constructor(given: { world: World; page: Page; locale: Locale; complaints: string[] }) {
    this.world = given.world;
    this.page = given.page;
    this.person = new Participant(given.world);
    this.locale = given.locale;
    this.labels = LABELS[given.locale];
    this.complaints = given.complaints;
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
