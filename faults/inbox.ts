/** A person's mailbox: what is in the mails that came. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deliveries } from './deliveries.ts';

const LOOK_AGAIN_MS = 150;

type Look = (text: string) => string | undefined;

/** The path of the link in an invitation or a reminder. */
export const linkIn: Look = (text) => /https?:\/\/[^/]+(\/i\/\S+)/.exec(text)?.[1];
export const temporaryPasswordIn: Look = (text) =>
  /(?:Tijdelijk wachtwoord|Temporary password): (\S+)/.exec(text)?.[1];
export const resetPathIn: Look = (text) => /https?:\/\/[^/]+(\/reset\/\S+)/.exec(text)?.[1];

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

  #all(look: Look): { found: string; messageId?: string }[] {
    return this.#deliveries.mailsTo(this.#address).flatMap(({ text, messageId }) => {
      const found = look(text);
      return found ? [{ found, messageId }] : [];
    });
  }

  /** Paths of the links in invitations and reminders, the oldest first. */
  links(): string[] {
    return this.#all(linkIn).map(({ found }) => found);
  }

  temporaryPassword(): string | undefined {
    return this.#all(temporaryPasswordIn).at(-1)?.found;
  }

  /** The path at which a new password is chosen. */
  resetPath(): string | undefined {
    return this.#all(resetPathIn).at(-1)?.found;
  }

  /** Whether so many different mails with a link came in that time. */
  async hasLinks(many: number, withinMs: number): Promise<boolean> {
    const come = () => new Set(this.#all(linkIn).map(({ messageId }) => messageId)).size;
    const until = Date.now() + withinMs;
    while (come() < many && Date.now() < until && !this.#signal.aborted) await sleep(LOOK_AGAIN_MS);
    return come() >= many;
  }
}
