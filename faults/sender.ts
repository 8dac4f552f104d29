/** A sender's system: sends messages through the API, and tries again as long as it takes, with the same key. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, Ledger } from './ledger.ts';
import { WORD } from './planted.ts';

const ANSWER_WITHIN_MS = 15_000;
const TRY_AGAIN_AFTER_MS = 300;
/** So many calls at once are a storm. */
export const STORM = 5;

/** What is in the message of this idempotency key. */
export const bodyOf = (key: string): string => `Het nummer van uw ${WORD} is ${key}.`;

export type Sending = {
  url: string;
  apiKey: string;
  ledger: Ledger;
  account: Account;
  key: string;
  locale: string;
  body: string;
  /** The sender passes the temporary password on: it is in no mail. */
  passesOn: boolean;
  /** Calls at once, all with the same key. */
  times: number;
  signal: AbortSignal;
};

type Taken = { id: string; recipient: { id: string }; temporaryPassword?: string };

/** Resolves when it was taken, or when `signal` says that nothing is sent any more. */
export async function sendMessage(sending: Sending): Promise<void> {
  const { account, key, signal, times } = sending;
  while (!signal.aborted && !account.messages.has(key)) {
    const calls = await Promise.all(Array.from({ length: times }, () => call(sending)));
    for (const taken of calls) if (taken) note(account, key, taken);
    if (!account.messages.has(key)) await sleep(TRY_AGAIN_AFTER_MS);
  }
}

function note(account: Account, key: string, { id, recipient, temporaryPassword }: Taken): void {
  const before = account.messages.get(key);
  if (before && before !== id) account.doubled.push(key);
  if (account.personId && account.personId !== recipient.id) account.doubled.push(recipient.id);
  account.messages.set(key, id);
  account.personId = recipient.id;
  if (!temporaryPassword) return;
  account.passedOn = temporaryPassword;
  account.secrets.set(temporaryPassword, 'a temporary password');
}

async function call(sending: Sending): Promise<Taken | undefined> {
  const { url, apiKey, ledger, account, key, locale, body, passesOn } = sending;
  try {
    const response = await fetch(new URL('/api/v1/messages', url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({
        to: { email: account.email, locale },
        from: { name: `Team ${WORD}`, email: `team@${WORD}.example` },
        subject: `Uw ${WORD}`,
        reference: `${WORD}-1`,
        body,
        temporaryPassword: passesOn ? 'sender' : 'mail',
      }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const taken = (await response.json()) as Taken;
    if (response.status !== 202) return undefined;
    ledger.acknowledged();
    return taken;
  } catch {
    return undefined;
  }
}
