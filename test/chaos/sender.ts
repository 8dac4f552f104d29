/** A sender's system: sends messages through the API, and repeats each call with the same key until it succeeds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, callApi, TRY_AGAIN_AFTER_MS } from './api.ts';
import { WORD } from './canaryValues.ts';
import { type Account, passedOn } from './ledger.ts';

/** The number of simultaneous calls in a burst. */
export const STORM = 5;

/** The body of the message with this idempotency key. */
export const bodyOf = (key: string): string => `Het nummer van uw ${WORD} is ${key}.`;

export type Sending = Caller & {
  account: Account;
  key: string;
  locale: string;
  body: string;
  /** The sender passes the temporary password on: it is in no mail. */
  passesOn: boolean;
  /** Simultaneous calls, all with the same key. */
  times: number;
  signal: AbortSignal;
};

type Taken = { id: string; recipient: { id: string }; temporaryPassword?: string };

/** Resolves when it was accepted, or when `signal` stops sending. */
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
  if (temporaryPassword) passedOn(account, temporaryPassword);
}

async function call(sending: Sending): Promise<Taken | undefined> {
  const { account, key, locale, body, passesOn } = sending;
  const { status, said } = await callApi<Taken>(sending, {
    method: 'POST',
    path: '/messages',
    headers: { 'idempotency-key': key },
    body: {
      to: { email: account.email, locale },
      from: { name: `Team ${WORD}`, email: `team@${WORD}.example` },
      subject: `Uw ${WORD}`,
      reference: `${WORD}-1`,
      body,
      temporaryPassword: passesOn ? 'sender' : 'mail',
    },
  });
  return status === 202 ? (said as Taken) : undefined;
}
