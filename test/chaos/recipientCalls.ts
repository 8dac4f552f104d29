/** A sender's calls about a recipient: several at once, and repeated until an answer says it is done. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, callApi, TRY_AGAIN_AFTER_MS } from './api.ts';
import { type Account, type Correction, passedOn } from './ledger.ts';

export type Asking = Caller & {
  account: Account;
  /** No calls after this. */
  signal: AbortSignal;
};

/** The fields of an answer that are used here. */
type Said = { id?: string; temporaryPassword?: string; onboarding?: { problem?: string } };

const call = (asking: Asking, { path = '', ...rest }: { method: string; path?: string; body?: unknown }) =>
  callApi<Said>(asking, { path: `/recipients/${asking.account.personId}${path}`, ...rest });

/** The sender has this person erased. */
export async function eraseRecipient(asking: Asking): Promise<void> {
  const { account, signal } = asking;
  while (account.personId && !signal.aborted && !account.erased) {
    const { status } = await call(asking, { method: 'DELETE' });
    // Not found: an earlier call did it, and its answer was lost.
    account.erased = status === 204 || status === 404;
    if (!account.erased) await sleep(TRY_AGAIN_AFTER_MS);
  }
}

/** Corrects the address to the account's: `times` calls at once. */
export async function correctAddress(
  asking: Asking & { correction: Correction; times: number },
): Promise<void> {
  const { account, correction, signal, times } = asking;
  async function patch(): Promise<void> {
    const { status, said } = await call(asking, { method: 'PATCH', body: { email: account.email } });
    // Already finished at the right address: an earlier call did it, and its answer was lost.
    if (status === 200 || status === 409) correction.acknowledgedAt ??= Date.now();
    if (status === 200 && said.id !== account.personId) account.doubled.push(`corrected to ${said.id}`);
  }
  do {
    await Promise.all(Array.from({ length: times }, patch));
    if (!correction.acknowledgedAt) await sleep(TRY_AGAIN_AFTER_MS);
  } while (!correction.acknowledgedAt && !signal.aborted);
}

/** Requests the invitation again: `times` calls at once. A sender that passes temporary passwords on gets a new one. */
export async function inviteAgain(asking: Asking & { times: number }): Promise<void> {
  const { account, signal, times } = asking;
  let isDone = false;
  async function ask(): Promise<void> {
    const { status, said } = await call(asking, { method: 'POST', path: '/invitation' });
    if (status === 202) isDone = true;
    if (said.temporaryPassword) passedOn(account, said.temporaryPassword);
  }
  do {
    await Promise.all(Array.from({ length: times }, ask));
    if (!isDone) await sleep(TRY_AGAIN_AFTER_MS);
  } while (!isDone && !signal.aborted);
}

/** The problem that the sender sees. */
export const problemOf = async (asking: Asking): Promise<string | undefined> =>
  (await call(asking, { method: 'GET' })).said.onboarding?.problem;
