/** Reports of a mail provider, signed by hand after Standard Webhooks, so the product's library does not check itself. */
import { createHmac, randomUUID } from 'node:crypto';
import type { TestEnvironment } from './testEnvironment.ts';

export const MAIL_WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

type Signing = { secret?: string; at?: number; id?: string };

/** The three headers for `body`. `at`: seconds since 1970. */
export function signed(
  body: string,
  { secret = MAIL_WEBHOOK_SECRET, at = Math.floor(Date.now() / 1000), id = randomUUID() }: Signing = {},
): Record<string, string> {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
}

/** Posts `body` with `headers`; returns the status and what is said. */
export async function post(testEnv: TestEnvironment, body: string, headers: Record<string, string>) {
  const response = await fetch(`${testEnv.url}/webhooks/mail`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, text: await response.text() };
}

/** The provider reports a mail of which it knows the Message-ID; returns the status of the answer. */
export async function report(
  testEnv: TestEnvironment,
  messageId: string,
  event: 'delivered' | 'bounced',
): Promise<number> {
  const body = JSON.stringify({ messageId, event });
  return (await post(testEnv, body, signed(body))).status;
}
