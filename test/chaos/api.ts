/** One call by a sender's system. The caller repeats it until it succeeds. */
import { call } from '../kit/sender.ts';
import type { Ledger } from './ledger.ts';

const ANSWER_WITHIN_MS = 15_000;
/** Wait after a call that failed or got no answer. */
export const TRY_AGAIN_AFTER_MS = 300;

export type Caller = { url: string; apiKey: string; ledger: Ledger };

type Call = { method: string; path: string; headers?: Record<string, string>; body?: unknown };

/** `status` is 0 without an answer. A change that was answered with success is acknowledged. */
export async function callApi<Said extends object>(
  caller: Caller,
  { method, path, headers, body }: Call,
): Promise<{ status: number; said: Partial<Said> }> {
  try {
    const reply = await call(caller, path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (reply.status < 300 && method !== 'GET') caller.ledger.acknowledged();
    return { status: reply.status, said: reply.body as Partial<Said> };
  } catch {
    return { status: 0, said: {} };
  }
}
