/**
 * A person on the way through without a worker: what mails and SMS would say is derived here from the rows, as the
 * activities do. So a test of the pages can bring somebody to any step in a fraction of a second.
 */
import { randomUUID } from 'node:crypto';
import { completeOnboarding } from '../../db/endings.ts';
import { invitationFor } from '../../db/invitations.ts';
import type { Purpose } from '../../db/smsCodes.ts';
import type { OnboardingRow } from '../../db/tables.ts';
import { temporaryPasswordFor } from '../../db/temporaryPasswords.ts';
import type { Step } from '../../domain/steps.ts';
import { type Answer, OWN_PASSWORD, Person, type Sent, sendMessage, tokenOf } from './person.ts';

export type Place = Step | 'finished';
export type Factor = 'sms' | 'app' | 'both';

const SESSION_COOKIE = '__Host-session';
/** Somebody who uses both factors in one test needs tokens of different time steps. */
const STEP_MS = 30_000;

/** Not from 0001: numbers with such ends make the SMS provider misbehave (tools/tryout/phone.ts). */
let numbers = 10_000_100;

export class Participant extends Person {
  sent: Sent | undefined;
  onboardingId = '';
  appKey = '';
  readonly phone = `+316${++numbers}`;

  get personId(): string {
    return this.sent!.recipient.id;
  }

  /** Same person, another browser. */
  elsewhere(): Participant {
    const there = new Participant(this.world, this.email);
    return Object.assign(there, {
      sent: this.sent,
      onboardingId: this.onboardingId,
      appKey: this.appKey,
      phone: this.phone,
    });
  }

  override async invited(body: object = {}): Promise<Sent> {
    const { answer } = await sendMessage(this.world, { email: this.email, body });
    this.sent = answer;
    const row = (await this.world.db.sql('onboarding').where({ personId: this.personId }).first('id'))!;
    this.onboardingId = row.id;
    return answer;
  }

  get session(): string | undefined {
    return this.cookies.get(SESSION_COOKIE);
  }

  async row(): Promise<OnboardingRow> {
    return (await this.world.db.sql('onboarding').where({ id: this.onboardingId }).first())!;
  }

  /** The audit's events of this person, in order. */
  events(): Promise<string[]> {
    return this.world.db.sql('audit').where({ personId: this.personId }).orderBy('id').pluck('event');
  }

  /** The link of a mail. */
  async link(): Promise<string> {
    const { db, clientId } = this.world;
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
    return this.sent?.temporaryPassword ?? temporaryPasswordFor(this.world.db, this.onboardingId);
  }

  /** The code of the newest SMS. */
  async smsCode(purpose: Purpose = 'enrol'): Promise<string> {
    const { db } = this.world;
    const rows = db.sql('sms_code').where({ personId: this.personId, purpose });
    return db.secrets.smsCode((await rows.orderBy('requestedAt', 'desc').first('id', 'keyId'))!);
  }

  /** A token of the app that was not used before. */
  async token(): Promise<string> {
    const { db } = this.world;
    const row = (await db.sql('app_factor').where({ personId: this.personId }).first('lastStep'))!;
    const now = Date.now();
    return tokenOf(this.appKey, Math.max(now, (Number(row.lastStep) + 1) * STEP_MS));
  }

  /** As if all tokens and codes were used long ago. */
  async longAfter(): Promise<void> {
    const hourBefore = (column: string) => this.world.db.sql.raw(`?? - interval '1 hour'`, [column]);
    await this.world.db.sql('app_factor').where({ personId: this.personId }).update({ lastStep: '1' });
    await this.world.db
      .sql('sms_code')
      .where({ personId: this.personId })
      .update({ requestedAt: hourBefore('requested_at'), sentAt: hourBefore('sent_at') });
  }

  async openLink(): Promise<Answer> {
    await this.open(await this.link());
    return this.submit({});
  }

  /** What is posted on the page of each step, when it is done as it should be. */
  async rightFields(step: Step | 'smsCode'): Promise<Record<string, string>> {
    switch (step) {
      case 'terms':
        return { accept: 'yes' };
      case 'password': {
        const currentPassword = await this.temporaryPassword();
        return { currentPassword, newPassword: OWN_PASSWORD, newPasswordAgain: OWN_PASSWORD };
      }
      case 'sms':
        return { phone: this.phone, action: 'send' };
      case 'smsCode':
        return { code: await this.smsCode(), action: 'confirm' };
      case 'app':
        return { token: await this.token(), action: 'register' };
      case 'profile':
        return { gender: 'female', initials: 'A.', firstName: 'Anna', lastName: 'Jansen' };
    }
  }

  async doStep(step: Step | 'smsCode'): Promise<void> {
    const before = this.path;
    await this.submit(await this.rightFields(step));
    if (this.path === before) throw new Error(`${step} went wrong: ${this.reads}`);
  }

  /** From the message to the page of `place`, with the factors of `factor` set up and the other one skipped. */
  async to(place: Place, factor: Factor = 'app'): Promise<this> {
    if (!this.sent) await this.invited();
    await this.openLink();
    if (place === 'terms') return this;
    await this.doStep('terms');
    if (place === 'password') return this;
    await this.doStep('password');
    await this.readKey();
    if (place === 'sms') return this;
    if (factor === 'app') await this.submit({ action: 'skip' });
    else {
      await this.doStep('sms');
      await this.doStep('smsCode');
    }
    if (place === 'app') return this;
    if (factor === 'sms') await this.submit({ action: 'skip' });
    else await this.doStep('app');
    if (place === 'profile') return this;
    await this.post(this.path, await this.rightFields('profile'));
    return this;
  }

  /** Reads the authenticator's key from its page, and goes back. */
  async readKey(): Promise<void> {
    const { path } = this;
    await this.open('/onboarding/app');
    this.appKey = this.secret;
    await this.open(path);
  }

  /** Opens the account, as the workflow's activity does. */
  async openAccount(): Promise<void> {
    await completeOnboarding(this.world.db, {
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

  /** From the sign-in page to where it leads. */
  async signIn(factor: 'sms' | 'app'): Promise<Answer> {
    await this.open('/sign-in');
    await this.submit({ email: this.email, password: OWN_PASSWORD });
    return factor === 'sms'
      ? this.submit({ code: await this.smsCode('sign-in'), action: 'confirm' })
      : this.submit({ token: await this.token() });
  }
}
