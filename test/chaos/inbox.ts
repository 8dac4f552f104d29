/** A person's mailbox, and what is in the mails that arrived. */
import { findLink, findTemporaryPassword } from '../kit/pages.ts';
import type { Delivered, Deliveries } from './deliveries.ts';
import { lookAgainLater } from './lookAgain.ts';

/** The subject of a reminder. */
const REMINDER = /wacht nog|is still waiting/;

/** A mail with a link that is no reminder. */
export const isInvitation = ({ subject = '', text }: Delivered): boolean =>
  findLink(text) !== undefined && !REMINDER.test(subject);

export class Inbox {
  readonly #address: string;
  readonly #deliveries: Deliveries;
  readonly #signal: AbortSignal;

  /** After `signal` nothing is waited for. */
  constructor(address: string, { deliveries, signal }: { deliveries: Deliveries; signal: AbortSignal }) {
    this.#address = address;
    this.#deliveries = deliveries;
    this.#signal = signal;
  }

  #all(find: (text: string) => string | undefined): string[] {
    return this.#deliveries.mailsTo(this.#address).flatMap(({ text }) => find(text) ?? []);
  }

  /** Paths of the links in invitations and reminders, oldest first. */
  links(): string[] {
    return this.#all((text) => findLink(text));
  }

  temporaryPassword(): string | undefined {
    return this.#all(findTemporaryPassword).at(-1);
  }

  /** The path for choosing a new password. */
  resetPath(): string | undefined {
    return this.#all((text) => findLink(text, 'reset')).at(-1);
  }

  /** Waits for the first mail with a link. */
  async hasLink(): Promise<void> {
    while (this.links().length === 0 && !this.#signal.aborted) await lookAgainLater();
  }

  /** How many invitations came, not counting reminders. */
  invitations(): number {
    return this.#deliveries.mailsTo(this.#address).filter(isInvitation).length;
  }

  /** Whether a reminder came in that time; an invitation does not count. */
  async hasReminder(withinMs: number): Promise<boolean> {
    const came = () =>
      this.#deliveries.mailsTo(this.#address).some(({ subject = '' }) => REMINDER.test(subject));
    const until = Date.now() + withinMs;
    while (!came() && Date.now() < until && !this.#signal.aborted) await lookAgainLater();
    return came();
  }
}
