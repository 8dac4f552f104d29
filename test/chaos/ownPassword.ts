/** A person's own password. Which one counts is known from the answers: one that was acknowledged has to work. */

import { SECRET_WORD } from './canaryValues.ts';
import type { Account } from './ledger.ts';

/** The first one, and the one after it was forgotten. */
const PASSWORDS = [`vier ${SECRET_WORD}s 88`, `vijf ${SECRET_WORD}s 99`] as const;

export class OwnPassword {
  current: string = PASSWORDS[0];
  readonly #account: Account;
  /** A new one was posted, and no answer said yet that it is saved: either may be right. */
  #isUnsure = false;
  #isSaved = false;

  constructor(account: Account) {
    this.#account = account;
    account.passwords = [this.current];
  }

  /** Another one is posted now. */
  renew(): void {
    this.current = PASSWORDS[1];
    this.#isUnsure = !this.#isSaved;
    this.#account.passwords = this.#isSaved ? [PASSWORDS[1]] : PASSWORDS;
  }

  /** The answer said that the new one is saved. */
  saved(): void {
    this.#isSaved = true;
    this.#isUnsure = false;
    this.#account.passwords = [PASSWORDS[1]];
  }

  /** It was typed, and refused. */
  refused(): void {
    if (!this.#isUnsure && this.#account.promised.has('passwordChanged'))
      this.#account.refused.add(this.#isSaved ? 'the new password' : 'the own password');
    this.current = PASSWORDS.find((one) => one !== this.current)!;
  }
}
