/** A person's mailbox: what is in the mails that came. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deliveries } from './deliveries.ts';

const LOOK_AGAIN_MS = 150;

const LINK = /https?:\/\/[^/]+(\/i\/\S+)/;
const RESET = /https?:\/\/[^/]+(\/reset\/\S+)/;
const TEMPORARY = /(?:Tijdelijk wachtwoord|Temporary password): (\S+)/;

export class Inbox {
  readonly #address: string;
  readonly #deliveries: Deliveries;
  readonly #signal: AbortSignal;

  /** Nothing is waited for after `signal`. */
  constructor(address: string, { deliveries, signal }: { deliveries: Deliveries; signal: AbortSignal }) {
    this.#address = address;
    this.#deliveries = deliveries;
    this.#signal = signal;
  }

  #all(what: RegExp): { found: string; messageId?: string }[] {
    return this.#deliveries.mailsTo(this.#address).flatMap(({ text, messageId }) => {
      const found = what.exec(text)?.[1];
      return found ? [{ found, messageId }] : [];
    });
  }

  /** Paths of the links in invitations and reminders, the oldest first. */
  links(): string[] {
    return this.#all(LINK).map(({ found }) => found);
  }

  temporaryPassword(): string | undefined {
    return this.#all(TEMPORARY).at(-1)?.found;
  }

  /** The path at which a new password is chosen. */
  resetPath(): string | undefined {
    return this.#all(RESET).at(-1)?.found;
  }

  /** Whether so many different mails with a link came in that time. */
  async hasLinks(many: number, withinMs: number): Promise<boolean> {
    const come = () => new Set(this.#all(LINK).map(({ messageId }) => messageId)).size;
    const until = Date.now() + withinMs;
    while (come() < many && Date.now() < until && !this.#signal.aborted) await sleep(LOOK_AGAIN_MS);
    return come() >= many;
  }
}
