/** A person's password. Which one is valid follows from the answers: one that was acknowledged must work. */

import { SECRET_WORD } from './canaryValues.ts';
import type { Account } from './ledger.ts';

/** The first one, and the one chosen after it was forgotten. */
const PASSWORDS = [`vier ${SECRET_WORD}s 88`, `vijf ${SECRET_WORD}s 99`] as const;

export class OwnPassword {
  current: string = PASSWORDS[0];
  readonly #account: Account;
  /** A new one was posted and not yet confirmed: either may be valid. */
  #isUnsure = false;
  #isSaved = false;

  constructor(account: Account) {
    this.#account = account;
    account.passwords = [this.current];
  }

  /** Another one is about to be posted. */
  renew(): void {
    this.current = PASSWORDS[1];
    this.#isUnsure = !this.#isSaved;
    this.#account.passwords = this.#isSaved ? [PASSWORDS[1]] : PASSWORDS;
  }

  /** An answer confirmed the new one. */
  saved(): void {
    this.#isSaved = true;
    this.#isUnsure = false;
    this.#account.passwords = [PASSWORDS[1]];
  }

  /** It was typed and refused. */
  refused(): void {
    if (!this.#isUnsure && this.#account.promised.has('passwordChanged'))
      this.#account.refused.add(this.#isSaved ? 'the new password' : 'the own password');
    this.current = PASSWORDS.find((one) => one !== this.current)!;
  }
}
