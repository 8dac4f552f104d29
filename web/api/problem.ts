/** Every refusal of the API is a problem document that says what to do (RFC 9457). */
import type Koa from 'koa';
import type { z } from 'zod';
import type { Client } from '../../db/clients.ts';
import type { State } from '../context.ts';
import type { Problem } from './schemas.ts';

export type ApiState = State & { client: Client };
export type ApiCtx = Koa.ParameterizedContext<ApiState>;

export function problem(ctx: Koa.ParameterizedContext, details: Omit<z.infer<typeof Problem>, 'type'>): void {
  ctx.status = details.status;
  ctx.body = JSON.stringify({ type: 'about:blank', ...details });
  ctx.type = 'application/problem+json';
}

/** Every field that is wrong, at once. */
export function invalid(ctx: ApiCtx, errors: { at: string; message: string }[]): void {
  problem(ctx, {
    status: 422,
    title: 'The request was not accepted',
    detail: 'Mend what is listed and send it again.',
    errors,
  });
}

/** The body as `schema` reads it; undefined when it was answered here with what is wrong. */
export function readBody<T>(ctx: ApiCtx, schema: z.ZodType<T>): T | undefined {
  if (!ctx.is('json')) {
    problem(ctx, {
      status: 415,
      title: 'No JSON',
      detail: 'Send the header Content-Type: application/json, and JSON.',
    });
    return undefined;
  }
  const read = schema.safeParse(ctx.request.body);
  if (read.success) return read.data;
  invalid(
    ctx,
    read.error.issues.map(({ path, message }) => ({ at: path.join('.'), message })),
  );
  return undefined;
}

export const notKnown = (ctx: ApiCtx): void =>
  problem(ctx, { status: 404, title: 'Not known to this client' });
