/** A browser without JavaScript: cookies, forms, redirects. It keeps nothing back: who asks is told when there is no answer. */
import type { Account, Ledger, Promised } from './ledger.ts';
import { promisedBy } from './ledger.ts';

const ANSWER_WITHIN_MS = 15_000;
const MOST_REDIRECTS = 6;
const SESSION = '__Host-session';

/** No answer, or one that says "try again": what was asked for may be done or not. */
export class Unanswered extends Error {}

export type Page = { status: number; path: string; text: string };

type Answer = { status: number; location: string | null; text: string };

export type Posting = {
  path?: string;
  /** What the form itself is to do. */
  own?: Promised;
  times?: number;
  /** Told about each answer that leads on. */
  onTaken?: (leadsTo: string) => void;
};

export class Browser {
  page: Page = { status: 0, path: '', text: '' };
  readonly #cookies = new Map<string, string>();
  readonly #given: { url: string; locale: string; account: Account; ledger: Ledger };

  constructor(given: { url: string; locale: string; account: Account; ledger: Ledger }) {
    this.#given = given;
  }

  forgetCookies(): void {
    this.#cookies.clear();
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const { url, locale, ledger } = this.#given;
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    let answer: Answer;
    try {
      const response = await fetch(new URL(path, url), {
        ...init,
        redirect: 'manual',
        headers: { cookie, 'accept-language': locale },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const text = await response.text();
      this.#keepCookies(response.headers);
      answer = { status: response.status, location: response.headers.get('location'), text };
    } catch (error) {
      throw new Unanswered(String(error));
    }
    if (answer.status >= 500 || answer.status === 429) throw new Unanswered(String(answer.status));
    if (answer.status < 400) ledger.acknowledged();
    return answer;
  }

  #keepCookies(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
      if (name === SESSION) this.#given.account.secrets.set(value, 'a session');
    }
  }

  async #follow(path: string, first: Answer): Promise<void> {
    let answer = first;
    let at = path;
    for (let hops = 0; hops < MOST_REDIRECTS && answer.location; hops++) {
      at = this.#pathOf(answer.location);
      answer = await this.#ask(at);
    }
    this.page = { status: answer.status, path: at, text: answer.text };
    this.#given.account.lastSeen = `${answer.status} ${at}`;
  }

  #pathOf(location: string): string {
    return new URL(location, this.#given.url).pathname;
  }

  async open(path: string): Promise<void> {
    await this.#follow(path, await this.#ask(path));
  }

  /** Posts a form as often as `times` at once, with the hidden fields of the page at hand, and goes where the last leads. */
  async post(
    fields: Record<string, string>,
    { path = this.page.path, own, times = 1, onTaken }: Posting = {},
  ): Promise<void> {
    const found = this.page.text.matchAll(/type="hidden" name="(formToken|challenge)" value="([^"]+)"/g);
    const hidden = Object.fromEntries([...found].map(([, name, value]) => [name, value]));
    const post = async () => {
      const body = new URLSearchParams({ ...hidden, ...fields });
      const answer = await this.#ask(path, { method: 'POST', body });
      this.#note(answer, own);
      if (answer.status === 303 && answer.location) onTaken?.(this.#pathOf(answer.location));
      return answer;
    };
    const clicks = await Promise.allSettled(Array.from({ length: times }, post));
    const last = clicks.at(-1)!;
    if (last.status === 'rejected') throw last.reason;
    await this.#follow(path, last.value);
  }

  #note({ status, location }: Answer, own: Promised | undefined): void {
    if (status !== 303 || !location) return;
    for (const promised of promisedBy(this.#pathOf(location), own))
      this.#given.account.promised.add(promised);
  }
}
