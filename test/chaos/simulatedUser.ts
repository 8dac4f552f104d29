/** A person going through the pages: looks at the current page, does what it asks, and never gives up. */
import { type Fields, fieldsOf, hiddenFields, secretIn } from '../kit/pages.ts';
import { Browser, type Posting, Unanswered } from './browser.ts';
import { PROFILE } from './canaryValues.ts';
import type { Choices } from './choices.ts';
import type { Coverage } from './coverage.ts';
import type { Deliveries } from './deliveries.ts';
import { Inbox } from './inbox.ts';
import type { Account, Ledger } from './ledger.ts';
import { lookAgainLater } from './lookAgain.ts';
import { OwnPassword } from './ownPassword.ts';
import { OwnPhone } from './ownPhone.ts';
import type { Persona } from './persona.ts';
import { bodyOf } from './sender.ts';

const FORGOTTEN = '/onboarding/continue/forgotten';
/** After this long without an SMS the person requests it again. */
const SMS_PATIENCE_MS = 4_000;

export type Surroundings = {
  url: string;
  ledger: Ledger;
  deliveries: Deliveries;
  choices: Choices;
  coverage: Coverage;
  /** Nobody continues after this. */
  signal: AbortSignal;
};

export class SimulatedUser {
  readonly account: Account;
  readonly persona: Persona;
  readonly #around: Surroundings;
  readonly browser: Browser;
  readonly inbox: Inbox;
  readonly #phone: OwnPhone;
  #waitsForSmsSince = 0;
  #helpAsked = false;
  readonly #password: OwnPassword;
  #hasForgotten = false;
  #cameBack = false;
  /** Switches to another device once, because an app has a new token only every 30 seconds. */
  #movedOn = false;
  #stale: (() => Promise<void>) | undefined;

  constructor(account: Account, persona: Persona, around: Surroundings) {
    this.account = account;
    this.persona = persona;
    this.#around = around;
    const { url, ledger } = around;
    this.inbox = new Inbox(account.email, around);
    this.#phone = new OwnPhone(persona.phone, around);
    this.#password = new OwnPassword(account);
    this.browser = new Browser({ url, locale: persona.locale, account, ledger });
  }

  /** Until the message is read, or until nobody continues. */
  async goThrough(): Promise<void> {
    await this.inbox.hasLink();
    if (this.persona.sleepsMs && (await this.inbox.hasReminder(this.persona.sleepsMs)))
      this.#around.coverage.count('reminded');
    await this.#goOn();
  }

  /** A person who had stopped continues with a newer mail, on another device. */
  async resume(): Promise<void> {
    this.persona.stopsAt = undefined;
    this.account.stopped = false;
    this.browser.cookies.clear();
    await this.browser.open(this.inbox.links().at(-1)!).catch(() => undefined);
    await this.#goOn();
  }

  async #goOn(): Promise<void> {
    while (!this.account.finished && !this.account.stopped && !this.#around.signal.aborted) {
      try {
        await this.#act();
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        await this.#pause();
        // Reloads the page, or clicks again.
        if (this.#around.choices.chance(0.5)) await this.#reload();
      }
    }
  }

  #pause = () => lookAgainLater(this.#around.choices.between(1, 4));

  async #reload(): Promise<void> {
    const { path, page } = this.browser;
    if (page.status) await this.browser.open(path).catch(() => undefined);
  }

  async #act(): Promise<unknown> {
    const { choices, coverage } = this.#around;
    const {
      path,
      page: { status },
    } = this.browser;
    if (this.#stale && choices.chance(0.5)) {
      const again = this.#stale;
      this.#stale = undefined;
      coverage.count('two-tabs');
      await again();
      return this.browser.open('/onboarding/continue');
    }
    if (!this.#movedOn && choices.chance(this.persona.changesDevice) && path.startsWith('/onboarding/')) {
      this.#movedOn = true;
      coverage.count('other-device');
      this.browser.cookies.clear();
      return this.#openLink();
    }
    if (path === this.persona.stopsAt && status === 200) {
      this.account.stopped = true;
      return;
    }
    if (status >= 400 && status !== 422) return this.#openLink();
    switch (path) {
      case '/onboarding/terms':
        return this.#step(fieldsOf.terms(), { own: 'termsAccepted' });
      case '/onboarding/password':
        return this.#choosePassword();
      case '/onboarding/sms':
        return this.#phonePage();
      case '/onboarding/sms/code':
        return this.#codePage('smsVerified');
      case '/onboarding/app':
        return this.#appPage();
      case '/onboarding/profile':
        return this.#profilePage();
      case '/onboarding/finished':
        await this.#pause();
        return this.browser.open(path);
      case '/onboarding/continue':
        return this.#passwordPage();
      case FORGOTTEN:
        return this.#openReset();
      case '/reset/password':
        this.#password.renew();
        return this.#step(this.#newPasswordFields(), {
          // Otherwise the answer asks for more proof first.
          onTaken: (leadsTo) => leadsTo.startsWith('/reset/') || this.#password.saved(),
        });
      case '/onboarding/continue/sms':
      case '/sign-in/sms':
      case '/reset/prove/sms':
        return this.#codePage();
      case '/onboarding/continue/app':
      case '/sign-in/app':
      case '/reset/prove/app':
        return this.#tokenPage();
      case '/sign-in':
        return this.#signIn();
      case '/messages':
        return this.browser.open(`/messages/${[...this.account.messages.values()][0]}`);
    }
    if (path.startsWith('/messages/')) return this.#read();
    return this.#openLink();
  }

  async #openLink(): Promise<unknown> {
    if (this.account.promised.has('completed')) return this.browser.open('/sign-in');
    await this.#pause();
    await this.browser.open(this.#around.choices.oneOf(this.inbox.links()));
    if (this.browser.page.text.includes('href="/sign-in"')) return this.browser.open('/sign-in');
    await this.browser.click({});
  }

  /** Does what the page asks; some people click twice, or also post the page from a second tab. */
  async #step(fields: Fields, posting: Posting = {}): Promise<void> {
    const { choices, coverage } = this.#around;
    const { path, page } = this.browser;
    const twice = choices.chance(this.persona.doubleClicks);
    if (twice) coverage.count('double-click');
    if (choices.chance(this.persona.doubleClicks / 2)) {
      // The session's form token is the same in every tab.
      const { formToken: _, ...hidden } = hiddenFields(page.text, path, fields);
      this.#stale = () => this.browser.click({ ...hidden, ...fields }, { path });
    }
    await this.browser.click(fields, { ...posting, times: twice ? 2 : 1 });
  }

  async #choosePassword(): Promise<void> {
    const currentPassword = this.account.passedOn ?? this.inbox.temporaryPassword();
    // The sender has not passed one on yet.
    if (!currentPassword) return lookAgainLater();
    if (this.#mistypes()) return this.browser.click(fieldsOf.password('is fout', 'is fout'));
    return this.#step(fieldsOf.password(currentPassword, this.#password.current), { own: 'passwordChanged' });
  }

  async #passwordPage(): Promise<void> {
    if (this.persona.forgets && !this.#hasForgotten) {
      await this.browser.click({}, { path: FORGOTTEN });
      this.#hasForgotten = true;
      return this.#around.coverage.count('forgotten-password');
    }
    await this.#step(fieldsOf.ownPassword(this.#password.current));
    if (this.browser.page.status === 422) this.#password.refused();
  }

  /** Waits for the mail to choose a new password. */
  async #openReset(): Promise<void> {
    const path = this.inbox.resetPath();
    if (!path) return lookAgainLater();
    await this.browser.open(path);
    if (this.browser.page.status === 200) await this.browser.click({});
  }

  /** A sender's temporary password is asked for where there is no second factor. */
  #newPasswordFields(): Fields {
    const { current } = this.#password;
    const { passedOn } = this.account;
    const isAsked = this.browser.page.text.includes('name="currentPassword"');
    return isAsked && passedOn ? fieldsOf.password(passedOn, current) : fieldsOf.newPassword(current);
  }

  #mistypes(): boolean {
    const wrong = this.#around.choices.chance(this.persona.mistypes);
    if (wrong) this.#around.coverage.count('wrong-code');
    return wrong;
  }

  async #phonePage(): Promise<unknown> {
    if (this.persona.factor === 'app') return this.#step(fieldsOf.skip(), { own: 'smsDecided' });
    if (this.account.promised.has('smsVerified')) return this.browser.open('/onboarding/app');
    this.#waitsForSmsSince = Date.now();
    return this.#step(fieldsOf.sms(this.persona.phone));
  }

  async #codePage(own?: 'smsVerified'): Promise<void> {
    const code = this.#phone.code();
    if (!code) {
      const waited = Date.now() - this.#waitsForSmsSince;
      if (waited < SMS_PATIENCE_MS) return lookAgainLater();
      this.#waitsForSmsSince = Date.now();
      return this.browser.click(fieldsOf.resend());
    }
    const { digits } = code;
    if (this.#mistypes())
      return this.browser.click(fieldsOf.smsCode(digits === '123456' ? '654321' : '123456'));
    await this.#step(fieldsOf.smsCode(digits), { own });
    // It is the code of an older SMS.
    if (this.browser.page.status === 422) {
      code.refused();
      this.#waitsForSmsSince ||= Date.now();
    }
  }

  async #appPage(): Promise<unknown> {
    const secret = secretIn(this.browser.page.text);
    if (this.persona.asksHelp && !this.#helpAsked) return this.#askHelp();
    if (this.persona.factor === 'sms') return this.#step(fieldsOf.skip(), { own: 'appDecided' });
    if (!secret) return this.browser.open('/onboarding/profile');
    this.#phone.appKey = secret;
    this.account.secrets.set(secret, "an app's key");
    if (this.#mistypes()) return this.browser.click(fieldsOf.app('000000'));
    await this.#step(fieldsOf.app(await this.#phone.token()), { own: 'appVerified' });
    this.#phone.tokenUsed();
  }

  async #tokenPage(): Promise<void> {
    await this.#step(fieldsOf.token(await this.#phone.token()));
    this.#phone.tokenUsed();
  }

  async #askHelp(): Promise<void> {
    await this.browser.open('/onboarding/help');
    await this.browser.click(fieldsOf.help());
    if (this.browser.path === '/onboarding/help/asked') {
      this.#helpAsked = true;
      this.account.promised.add('helpAsked');
      this.#around.coverage.count('help');
    }
    await this.browser.open('/onboarding/continue');
  }

  #profilePage(): Promise<void> {
    return this.#step(fieldsOf.profile(PROFILE), { own: 'profileSaved' });
  }

  async #signIn(): Promise<void> {
    await this.browser.click(fieldsOf.signIn(this.account.email, this.#password.current));
    if (this.browser.page.status === 422) this.#password.refused();
    // Not finished after all: the page says so, and a mail is on its way.
    if (this.browser.path === '/sign-in') await this.browser.open('/onboarding/continue');
  }

  async #comeBack(): Promise<unknown> {
    this.#cameBack = true;
    this.#around.coverage.count('came-back');
    this.browser.cookies.clear();
    return this.browser.open('/sign-in');
  }

  async #read(): Promise<unknown> {
    const { path, page } = this.browser;
    const id = path.slice('/messages/'.length);
    const known = [...this.account.messages].find(([, messageId]) => messageId === id);
    if (!known || !page.text.includes(bodyOf(known[0]))) return this.browser.open('/messages');
    this.account.promised.add('completed');
    this.account.read.add(id);
    if (this.persona.comesBack && !this.#cameBack) return this.#comeBack();
    this.account.finished = true;
  }
}
