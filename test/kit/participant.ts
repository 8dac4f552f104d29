/**
 * Somebody who is being onboarded, over HTTP. What mails and SMS would say is derived from the rows, as the activities
 * do, so that no worker is needed and any step is reached in a fraction of a second; or it is read in the mails and SMS
 * that came, after `readingMails`.
 */
import { randomUUID } from 'node:crypto';
import { appSecret } from '../../db/appFactor.ts';
import { completeOnboarding } from '../../db/endings.ts';
import { invitationFor } from '../../db/invitations.ts';
import { person } from '../../db/people.ts';
import type { Purpose } from '../../db/smsCodes.ts';
import type { OnboardingRow } from '../../db/tables.ts';
import type { Step } from '../../domain/steps.ts';
import { tokenOf } from '../../tools/tryout/authenticator.ts';
import type { Mail } from '../../tools/tryout/mailbox.ts';
import type { TestEnvironment } from './environment.ts';
import { eventually } from './eventually.ts';
import { temporaryPasswordFor } from './mailedPassword.ts';
import { type Fields, fieldsOf, findLink, linkIn, secretIn, temporaryPasswordIn, visible } from './pages.ts';
import { type Sent, sendMessage } from './sender.ts';
import { type Answer, WebClient } from './webClient.ts';

export type Place = Step | 'finished';
export type Factor = 'sms' | 'app' | 'both';

const SESSION_COOKIE = '__Host-session';
/** Somebody who uses both factors in one test needs tokens of different time steps. */
const STEP_MS = 30_000;

let numbers = 10_000_100;

/** A mobile number of nobody else. Its `ending` chooses how the SMS provider behaves (tools/tryout/phone.ts). */
export function someNumber(ending?: string): string {
  const number = String(++numbers);
  return `+316${ending ? `2${number.slice(-3)}${ending}` : number}`;
}

export class Participant extends WebClient {
  readonly testEnv: TestEnvironment;
  email: string;
  sent: Sent | undefined;
  onboardingId = '';
  appKey = '';
  readonly phone = someNumber();
  #readsMails = false;

  constructor(testEnv: TestEnvironment, email = `anna.${randomUUID().slice(0, 8)}@example.com`) {
    super(testEnv);
    this.testEnv = testEnv;
    this.email = email;
  }

  /** From now on, what was sent is read where it came. */
  readingMails(): this {
    this.#readsMails = true;
    return this;
  }

  /** Same person, another browser. */
  elsewhere(): Participant {
    const there = new Participant(this.testEnv, this.email);
    there.#readsMails = this.#readsMails;
    return Object.assign(there, {
      sent: this.sent,
      onboardingId: this.onboardingId,
      appKey: this.appKey,
      phone: this.phone,
    });
  }

  get personId(): string {
    return this.sent!.recipient.id;
  }

  get session(): string | undefined {
    return this.cookies.get(SESSION_COOKIE);
  }

  async row(): Promise<OnboardingRow> {
    return (await this.testEnv.db.sql('onboarding').where({ id: this.onboardingId }).first())!;
  }

  /** The audit's events of this person, in order. */
  events(): Promise<string[]> {
    return this.testEnv.db.sql('audit').where({ personId: this.personId }).orderBy('id').pluck('event');
  }

  // What was sent.

  async invited(body: object = {}): Promise<Sent> {
    const { answer } = await sendMessage(this.testEnv, { email: this.email, body });
    this.sent = answer;
    const row = (await this.testEnv.db.sql('onboarding').where({ personId: this.personId }).first('id'))!;
    this.onboardingId = row.id;
    return answer;
  }

  /** All mails that came, the oldest first. */
  async mails(): Promise<Mail[]> {
    const all = await this.testEnv.mailbox.mails();
    return all.filter(({ recipients }) => recipients.includes(this.email)).reverse();
  }

  /** The nth mail, as soon as it is there. */
  mail(nth = 1): Promise<Mail> {
    return eventually(async () => (await this.mails())[nth - 1]);
  }

  /** The newest mail with a link to sign up, as soon as there is one. */
  #invitation(): Promise<Mail> {
    return eventually(async () => (await this.mails()).findLast(({ text }) => findLink(text)));
  }

  /** The code of the newest SMS to `phone`, as soon as so many came. */
  async code(phone = this.phone, count = 1): Promise<string> {
    const sms = await eventually(async () => {
      const all = this.testEnv.phone.messages().filter(({ to }) => to === phone);
      return all.length >= count ? all[0] : undefined;
    });
    return /\d{6}/.exec(sms.body)![0];
  }

  /** The link of a mail. */
  async link(): Promise<string> {
    if (this.#readsMails) return linkIn(await this.#invitation());
    const { db, clientId } = this.testEnv;
    const to = {
      onboardingId: this.onboardingId,
      clientId,
      kind: 'invitation',
      sendKey: randomUUID(),
    } as const;
    return `/i/${db.secrets.linkToken(await invitationFor(db, to))}`;
  }

  /** The one that the sender passed on, or that of the mail. */
  async temporaryPassword(): Promise<string> {
    if (this.sent?.temporaryPassword) return this.sent.temporaryPassword;
    if (this.#readsMails) return temporaryPasswordIn(await this.#invitation());
    return (await temporaryPasswordFor(this.testEnv.db, this.onboardingId))!;
  }

  /** The code of the newest SMS. */
  async smsCode(purpose: Purpose = 'enrol'): Promise<string> {
    const { db } = this.testEnv;
    const rows = db.sql('sms_code').where({ personId: this.personId, purpose });
    return db.secrets.smsCode((await rows.orderBy('requestedAt', 'desc').first('id', 'keyId'))!);
  }

  /** A token of the app that was not used before. */
  async token(): Promise<string> {
    const { db } = this.testEnv;
    const row = (await db.sql('app_factor').where({ personId: this.personId }).first('lastStep'))!;
    const now = Date.now();
    return tokenOf(this.appKey, Math.max(now, (Number(row.lastStep) + 1) * STEP_MS));
  }

  /** As if all tokens and codes were used long ago. */
  async longAfter(): Promise<void> {
    const hourBefore = (column: string) => this.testEnv.db.sql.raw(`?? - interval '1 hour'`, [column]);
    await this.testEnv.db.sql('app_factor').where({ personId: this.personId }).update({ lastStep: '1' });
    await this.testEnv.db
      .sql('sms_code')
      .where({ personId: this.personId })
      .update({ requestedAt: hourBefore('requested_at'), sentAt: hourBefore('sent_at') });
  }

  // The way, page by page.

  async openLink(link?: string): Promise<Answer> {
    await this.open(link ?? (await this.link()));
    return this.submit({});
  }

  acceptTerms(): Promise<Answer> {
    return this.submit(fieldsOf.terms());
  }

  choosePassword(currentPassword: string, own?: string): Promise<Answer> {
    return this.submit(fieldsOf.password(currentPassword, own));
  }

  askCode(phone = this.phone): Promise<Answer> {
    return this.submit(fieldsOf.sms(phone));
  }

  enterCode(code: string): Promise<Answer> {
    return this.submit(fieldsOf.smsCode(code));
  }

  /** With the key that the page at hand shows. */
  registerApp(token = tokenOf(this.secret)): Promise<Answer> {
    return this.submit(fieldsOf.app(token));
  }

  skip(): Promise<Answer> {
    return this.submit(fieldsOf.skip());
  }

  saveProfile(changed?: Fields): Promise<Answer> {
    return this.submit(fieldsOf.profile(changed));
  }

  /** What is posted on the page of each step, when it is done as it should be. */
  async rightFields(step: Step | 'smsCode'): Promise<Fields> {
    switch (step) {
      case 'terms':
        return fieldsOf.terms();
      case 'password':
        return fieldsOf.password(await this.temporaryPassword());
      case 'sms':
        return fieldsOf.sms(this.phone);
      case 'smsCode':
        return fieldsOf.smsCode(this.#readsMails ? await this.code() : await this.smsCode());
      case 'app':
        this.appKey = secretIn(this.page.text) ?? this.appKey;
        return fieldsOf.app(await this.token());
      case 'profile':
        return fieldsOf.profile();
    }
  }

  /** On the page of this step. Throws when the answer does not lead on. */
  async doStep(step: Step | 'smsCode'): Promise<void> {
    const before = this.path;
    await this.submit(await this.rightFields(step));
    if (this.path === before) throw new Error(`${step} went wrong: ${this.reads}`);
  }

  /** As doStep, without loading the page that comes next: the form token is that of the session. */
  async #passStep(step: Step | 'smsCode', fields?: Fields): Promise<void> {
    const { location, text } = await this.post(this.path, fields ?? (await this.rightFields(step)));
    const next = location && this.pathOf(location);
    if (!next || next === this.path) throw new Error(`${step} went wrong: ${visible(text)}`);
    this.path = next;
  }

  /** From the message to the page of `place`, with the factors of `factor` set up and the other one skipped. */
  async to(place: Place, factor: Factor = 'app'): Promise<this> {
    if (!this.sent) await this.invited();
    await this.openLink();
    if (place === 'terms') return this;
    await this.#passTo(place, factor);
    if (place === 'finished') await this.post(this.path, fieldsOf.profile());
    else await this.open(this.path);
    return this;
  }

  /** From the terms to the profile, or to `place` before it. */
  async #passTo(place: Place, factor: Factor): Promise<void> {
    await this.#passStep('terms');
    if (place === 'password') return;
    await this.#passStep('password');
    await this.readKey();
    if (place === 'sms') return;
    if (factor === 'app') await this.#passStep('sms', fieldsOf.skip());
    else {
      await this.#passStep('sms');
      await this.#passStep('smsCode');
    }
    if (place === 'app') return;
    await this.#passStep('app', factor === 'sms' ? fieldsOf.skip() : undefined);
  }

  /** The authenticator's key, which its page shows. */
  async readKey(): Promise<void> {
    this.appKey = await appSecret(this.testEnv.db, await person(this.testEnv.db, this.personId));
  }

  /** Opens the account, as the workflow's activity does. */
  async openAccount(): Promise<void> {
    await completeOnboarding(this.testEnv.db, {
      id: this.onboardingId,
      mayOpen: () => true,
      tellWhenLaterThan: 3_600_000,
    });
  }

  /** Everything done, the account open, the message read. */
  async finished(factor: Factor = 'app'): Promise<this> {
    await this.to('finished', factor);
    await this.openAccount();
    await this.open('/onboarding/finished');
    return this;
  }

  async askHelp(reason?: string): Promise<Answer> {
    await this.open('/onboarding/help');
    return this.submit(fieldsOf.help(reason));
  }

  async sayNotMe(mail: Mail): Promise<Answer> {
    await this.open(`${linkIn(mail)}/not-me`);
    return this.submit(fieldsOf.notMe());
  }

  /** From the page of an expired link: another invitation is sent. */
  renew(mail: Mail): Promise<Answer> {
    return this.submit({}, `${linkIn(mail)}/renew`);
  }

  forgetPassword(): Promise<Answer> {
    return this.submit({ email: this.email }, '/forgot-password');
  }

  /** Confirms with the link of this mail and the password that the second factor is to be set up again. */
  async confirmFactorReset(mail: Mail): Promise<Answer> {
    await this.openLink(linkIn(mail, 'reset'));
    return this.submit(fieldsOf.ownPassword());
  }

  /** From the sign-in page to where it leads; without `factor` to the second step. */
  async signIn(factor?: 'sms' | 'app'): Promise<Answer> {
    await this.open('/sign-in');
    const answer = await this.submit(fieldsOf.signIn(this.email));
    if (!factor) return answer;
    return factor === 'sms'
      ? this.submit(fieldsOf.smsCode(await this.smsCode('sign-in')))
      : this.submit(fieldsOf.token(await this.token()));
  }
}
