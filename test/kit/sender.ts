/** A sender's system: its calls of the API. */
import { randomUUID } from 'node:crypto';
import type { TestEnvironment } from './environment.ts';

export type Reply = {
  status: number;
  type: string | null;
  headers: Headers;
  body: Record<string, unknown> & { errors?: { at: string; message: string }[] };
};

/** What the API says of a message that it took. */
export type Sent = {
  id: string;
  recipient: { id: string; onboarding: { status: string; step: string } };
  temporaryPassword?: string;
};

export async function call(
  { url, apiKey }: Pick<TestEnvironment, 'url' | 'apiKey'>,
  path: string,
  init: RequestInit = {},
): Promise<Reply> {
  const response = await fetch(`${url}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...init.headers },
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  const { status, headers } = response;
  return { status, type, headers, body: text ? JSON.parse(text) : {} };
}

/** Sends a message, under a new Idempotency-Key unless `key` is given. */
export async function sendMessage(
  { url, apiKey }: Pick<TestEnvironment, 'url' | 'apiKey'>,
  given: { email: string; key?: string; apiKey?: string; body?: object },
): Promise<{ status: number; answer: Sent }> {
  const { email, key = randomUUID(), body } = given;
  const message = {
    to: { email, locale: 'nl' },
    from: { name: 'Afdeling Personeel' },
    subject: 'Uw aanstelling',
    body: 'Beste collega, dit is vertrouwelijk.',
    ...body,
  };
  const reply = await call({ url, apiKey: given.apiKey ?? apiKey }, '/messages', {
    method: 'POST',
    headers: { 'idempotency-key': key },
    body: JSON.stringify(message),
  });
  return { status: reply.status, answer: reply.body as unknown as Sent };
}
