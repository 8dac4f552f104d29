/** One call of a sender's system to the API. Who calls tries again as long as it takes. */
import type { Ledger } from './ledger.ts';

const ANSWER_WITHIN_MS = 15_000;
/** After a call that was not answered, or not done. */
export const TRY_AGAIN_AFTER_MS = 300;

export type Caller = { url: string; apiKey: string; ledger: Ledger };

type Call = { method: string; path: string; headers?: Record<string, string>; body?: unknown };

/** `status` is 0 when there was no answer. What changed something, and was answered so, is acknowledged. */
export async function callApi<Said extends object>(
  { url, apiKey, ledger }: Caller,
  { method, path, headers = {}, body }: Call,
): Promise<{ status: number; said: Partial<Said> }> {
  try {
    const answer = await fetch(new URL(`/api/v1${path}`, url), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await answer.text();
    if (answer.ok && method !== 'GET') ledger.acknowledged();
    return { status: answer.status, said: text ? JSON.parse(text) : {} };
  } catch {
    return { status: 0, said: {} };
  }
}
