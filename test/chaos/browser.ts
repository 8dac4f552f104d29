/** A participant's browser under faults. It hides nothing: the caller learns when there is no answer. */
import type { Fields } from '../kit/pages.ts';
import { type Answer, WebClient } from '../kit/webClient.ts';
import type { Account, Ledger, Promised } from './ledger.ts';
import { promisedBy } from './ledger.ts';

const ANSWER_WITHIN_MS = 15_000;
/** What the page says is wrong. */
const PROBLEM = /class="error-summary"[\s\S]*?<li><a[^>]*>([^<]*)/;
const SESSION = /^__Host-session=([^;]+)/;

/** No answer, or "try again": the request may have been carried out or not. */
export class Unanswered extends Error {}

export type Posting = {
  path?: string;
  /** What the form itself promises. */
  own?: Promised;
  times?: number;
  /** Called for each answer that redirects. */
  onTaken?: (leadsTo: string) => void;
};

export class Browser extends WebClient {
  readonly #account: Account;
  readonly #ledger: Ledger;

  constructor(given: { url: string; locale: string; account: Account; ledger: Ledger }) {
    super(given, given.locale);
    this.#account = given.account;
    this.#ledger = given.ledger;
  }

  override async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    let answer: Answer;
    try {
      answer = await super.ask(path, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    } catch (error) {
      throw new Unanswered(String(error));
    }
    for (const line of answer.headers.getSetCookie()) {
      const [, session] = SESSION.exec(line) ?? [];
      if (session) this.#account.secrets.set(session, 'a session');
    }
    if (answer.status >= 500 || answer.status === 429) throw new Unanswered(String(answer.status));
    if (answer.status < 400) this.#ledger.acknowledged();
    return answer;
  }

  override async follow(path: string, first: Answer): Promise<Answer> {
    const answer = await super.follow(path, first);
    const [, problem = ''] = PROBLEM.exec(answer.text) ?? [];
    this.#account.lastSeen = `${answer.status} ${this.path} ${problem}`;
    return answer;
  }

  /** Posts a form `times` times at once, and follows the last answer. */
  async click(fields: Fields, { path = this.path, own, times = 1, onTaken }: Posting = {}): Promise<void> {
    const post = async () => {
      const answer = await this.post(path, fields);
      if (answer.status !== 303 || !answer.location) return answer;
      const leadsTo = this.pathOf(answer.location);
      for (const promised of promisedBy(leadsTo, own)) this.#account.promised.add(promised);
      onTaken?.(leadsTo);
      return answer;
    };
    const clicks = await Promise.allSettled(Array.from({ length: times }, post));
    const last = clicks.at(-1)!;
    if (last.status === 'rejected') throw last.reason;
    await this.follow(path, last.value);
  }
}
