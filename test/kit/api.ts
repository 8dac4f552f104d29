/** Calls of the API as a sender's system makes them. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { call, type Reply } from './sender.ts';
import type { TestEnvironment } from './testEnvironment.ts';

export const MESSAGE = {
  to: { email: 'anna@example.com' },
  from: { name: 'Afdeling Personeel' },
  subject: 'Uw aanstelling',
  body: 'Dit is vertrouwelijk.',
};

/** Posts a message under a new Idempotency-Key, unless `headers` has one. A text is sent as it is. */
export const send = (
  testEnv: TestEnvironment,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> =>
  call(testEnv, '/messages', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'idempotency-key': randomUUID(), ...headers },
  });

/** Every refusal is a problem document (RFC 9457). */
export function expectProblem(reply: Reply, status: number, kind?: string): void {
  expect(reply.status).toBe(status);
  expect(reply.type).toContain('application/problem+json');
  const { code } = reply.body;
  if (kind) expect(code).toBe(kind);
  const words = { title: expect.any(String), detail: expect.any(String) };
  expect(reply.body).toMatchObject({
    type: `urn:instap:problem:${code}`,
    code: expect.any(String),
    status,
    ...words,
  });
  expect(reply.body.requestId).toBe(reply.headers.get('x-request-id'));
}
