/** A person's phone: codes by SMS, and the authenticator app. */
import { tokenOf } from '../../tools/tryout/authenticator.ts';
import type { Deliveries } from './deliveries.ts';
import { lookAgainLater } from './lookAgain.ts';

const PERIOD_MS = 30_000;

export class OwnPhone {
  readonly number: string;
  /** The key in the app. */
  appKey = '';
  readonly #deliveries: Deliveries;
  readonly #signal: AbortSignal;
  /** SMS whose code was typed and refused. */
  readonly #refused = new Set<string>();
  /** The time step of the next token. */
  #step = 0;

  /** After `signal` nothing is waited for. */
  constructor(number: string, { deliveries, signal }: { deliveries: Deliveries; signal: AbortSignal }) {
    this.number = number;
    this.#deliveries = deliveries;
    this.#signal = signal;
  }

  /** The newest code that was not refused, if there is one; `refused` marks it. */
  code(): { digits: string; refused: () => void } | undefined {
    const text = this.#deliveries.textsTo(this.number).findLast((sms) => !this.#refused.has(sms.text))?.text;
    return text ? { digits: /\d{6}/.exec(text)![0], refused: () => void this.#refused.add(text) } : undefined;
  }

  /** The current token; if it was typed already, the next one as soon as it would be accepted. */
  async token(): Promise<string> {
    const now = () => Math.floor(Date.now() / PERIOD_MS);
    this.#step = Math.max(this.#step, now());
    while (this.#step > now() + 1 && !this.#signal.aborted) await lookAgainLater();
    return tokenOf(this.appKey, this.#step * PERIOD_MS);
  }

  /** The token was typed, and works only once. */
  tokenUsed(): void {
    this.#step += 1;
  }
}
