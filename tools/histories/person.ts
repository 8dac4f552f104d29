/** Somebody who goes through the pages without a browser: cookies and forms by HTTP, mails and SMS from the stand-ins. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { onboardingOf } from '../../db/onboardings.ts';
import type { World } from '../../test/kit/environment.ts';
import type { Status } from '../../workflows/signals.ts';
import { SAMPLE, sendSample } from '../local/sample.ts';
import { token } from '../tryout/authenticator.ts';
import type { Mail } from '../tryout/mailbox.ts';

const PASSWORD = 'vier blauwe fietsen 88';
const LONGEST_WAIT_MS = 30_000;
const LOOK_EVERY_MS = 25;
const MOST_REDIRECTS = 5;

export type Place = 'terms' | 'password' | 'sms';

/** What `look` finds, as soon as it finds something. Throws after 30 seconds. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + LONGEST_WAIT_MS; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`nothing after ${LONGEST_WAIT_MS} ms: ${look}`);
    await sleep(LOOK_EVERY_MS);
  }
}

let numbers = 100;
/** A mobile number of nobody else; `ending` chooses how the provider behaves (tools/tryout/phone.ts). */
export const someNumber = (ending = '1111'): string => `+3161${++numbers}${ending}`;

const pathIn = ({ text }: Mail, place: 'i' | 'reset'): string => {
  const [url] = new RegExp(`https?://\\S+/${place}/\\S+`).exec(text) ?? [];
  if (!url) throw new Error(`the mail has no link to /${place}/`);
  return new URL(url).pathname;
};

export class HistoryPerson {
  readonly world: World;
  readonly email: string;
  id = '';
  onboardingId = '';
  path = '/';
  #html = '';
  readonly #cookies = new Map<string, string>();

  constructor(world: World, email = `${randomUUID()}@example.com`) {
    this.world = world;
    this.email = email;
  }

  get workflow(): WorkflowHandle {
    return this.world.workflow(this.onboardingId);
  }

  /** Is sent a message. Returns its id. */
  async invited(): Promise<string> {
    const { url: publicUrl, apiKey, db } = this.world;
    const answer = await sendSample({ ...SAMPLE, email: this.email }, { publicUrl, apiKey });
    if (!answer.accepted) throw new Error(answer.text);
    const { id, recipient } = JSON.parse(answer.text);
    this.id = recipient.id;
    this.onboardingId = (await onboardingOf(db, recipient.id))!.id;
    return id;
  }

  /** The sender's system asks for the invitation again. */
  invitedAgain(): Promise<void> {
    return this.#callOfSender('POST', '/invitation');
  }

  /** The sender's system corrects the address. */
  corrected(email: string): Promise<void> {
    return this.#callOfSender('PATCH', '', { email });
  }

  async #callOfSender(method: string, path: string, body: object = {}): Promise<void> {
    const response = await fetch(new URL(`/api/v1/recipients/${this.id}${path}`, this.world.url), {
      method,
      headers: { authorization: `Bearer ${this.world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }

  /** The nth mail to `email`, once it has come. */
  mail(nth = 1, email = this.email): Promise<Mail> {
    return eventually(async () => {
      const mails = await this.world.mailbox.mails();
      return mails.filter(({ recipients }) => recipients.includes(email)).at(-nth);
    });
  }

  // Pages

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.world.url), {
      ...init,
      redirect: 'manual',
      headers: { cookie, 'accept-language': 'nl' },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
    return response;
  }

  async #arrive(path: string, first: Response): Promise<void> {
    let answer = first;
    this.path = path;
    for (let hops = 0; hops < MOST_REDIRECTS && answer.headers.has('location'); hops++) {
      this.path = new URL(answer.headers.get('location')!, this.world.url).pathname;
      answer = await this.#ask(this.path);
    }
    this.#html = await answer.text();
    if (!answer.ok) throw new Error(`${path} led to ${this.path}, which answered ${answer.status}`);
  }

  async open(path: string): Promise<void> {
    await this.#arrive(path, await this.#ask(path));
  }

  /** Posts the form of the page at hand and goes where the answer leads. Throws when the service refuses it. */
  async post(fields: Record<string, string>, path = this.path): Promise<void> {
    const formToken = /name="formToken" value="([^"]+)"/.exec(this.#html)?.[1] ?? '';
    const body = new URLSearchParams({ formToken, ...fields });
    await this.#arrive(path, await this.#ask(path, { method: 'POST', body }));
  }

  // The way, page by page

  async openLink(mail: Mail): Promise<void> {
    await this.open(pathIn(mail, 'i'));
    await this.post({});
  }

  /** From the mail to the page of `place`. */
  async to(place: Place, mail?: Mail): Promise<this> {
    const invitation = mail ?? (await this.mail());
    await this.openLink(invitation);
    if (place === 'terms') return this;
    await this.acceptTerms();
    if (place === 'password') return this;
    await this.choosePassword(invitation);
    return this;
  }

  acceptTerms(): Promise<void> {
    return this.post({ accept: 'yes' });
  }

  choosePassword({ text }: Mail): Promise<void> {
    const currentPassword = /Tijdelijk wachtwoord: (\S+)/.exec(text)?.[1] ?? '';
    return this.post({ currentPassword, newPassword: PASSWORD, newPasswordAgain: PASSWORD });
  }

  async askCode(phone: string): Promise<void> {
    await this.open('/onboarding/sms');
    await this.post({ phone, action: 'send' });
  }

  /** The code of the nth SMS to `phone`, once it has come. */
  async code(phone: string, nth = 1): Promise<string> {
    const sms = await eventually(async () =>
      this.world.phone
        .messages()
        .filter(({ to }) => to === phone)
        .at(-nth),
    );
    return /\d{6}/.exec(sms.body)![0];
  }

  async verifyPhone(phone = someNumber()): Promise<void> {
    await this.askCode(phone);
    await this.post({ code: await this.code(phone), action: 'confirm' });
  }

  skip(): Promise<void> {
    return this.post({ action: 'skip' });
  }

  async registerApp(): Promise<void> {
    await this.open('/onboarding/app');
    const secret = /id="secret">([^<]+)</.exec(this.#html)?.[1] ?? '';
    await this.post({ token: token(secret.replace(/\s/g, '')), action: 'register' });
  }

  saveProfile(): Promise<void> {
    return this.post({ gender: 'female', initials: 'A.', firstName: 'Anna', lastName: 'Jansen' });
  }

  /** With the app alone, from the page of the second factor to the end. */
  async finishWithApp(): Promise<void> {
    await this.skip();
    await this.registerApp();
    await this.saveProfile();
  }

  async askHelp(): Promise<void> {
    await this.open('/onboarding/help');
    await this.post({ reason: 'no-app' });
  }

  async sayNotMe(mail: Mail): Promise<void> {
    await this.open(`${pathIn(mail, 'i')}/not-me`);
    await this.post({ sure: 'yes' });
  }

  /** Has a new invitation sent from the page of an expired link. */
  async renew(mail: Mail): Promise<void> {
    await this.post({}, `${pathIn(mail, 'i')}/renew`);
  }

  /** Confirms by the mail's link and the own password that the second factor is set up anew. */
  async confirmReset(mail: Mail): Promise<void> {
    await this.open(pathIn(mail, 'reset'));
    await this.post({});
    await this.post({ password: PASSWORD });
  }

  async forgetPassword(): Promise<void> {
    await this.post({ email: this.email }, '/forgot-password');
  }

  /** On another device: up to the second step of signing in. */
  async signIn(): Promise<void> {
    this.#cookies.clear();
    await this.open('/sign-in');
    await this.post({ email: this.email, password: PASSWORD });
  }

  /** A wrong token, which ends the session. */
  async guess(): Promise<void> {
    await this.post({ token: '000000' }).catch(() => undefined);
  }

  // What the engine says

  /** Once the run has heard everything that the database knows, and says what `wanted` wants. */
  async settled(wanted: (status: Status) => boolean = () => true): Promise<void> {
    await eventually(async () => {
      const row = await onboardingOf(this.world.db, this.id);
      const said = await this.world.status(this.onboardingId).catch(() => undefined);
      return (said?.version === row?.version && said && wanted(said)) || undefined;
    });
  }

  /** Once the run has ended. */
  async ended(): Promise<void> {
    await this.workflow.result();
  }

  /** How often the run was sent this signal. */
  async signals(name: string): Promise<number> {
    const { events } = await this.workflow.fetchHistory();
    const told = events?.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName) ?? [];
    return told.filter((signal) => signal === name).length;
  }

  /** How often the run had this activity done, tries not counted. */
  async scheduled(name: string): Promise<number> {
    const { events } = await this.workflow.fetchHistory();
    const types =
      events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name) ?? [];
    return types.filter((type) => type === name).length;
  }
}
