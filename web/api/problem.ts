/** Every refusal of the API is a problem document that says what to do (RFC 9457). */
import type Koa from 'koa';
import type { z } from 'zod';
import type { Ctx, State } from '../context.ts';
import { inOurWords } from './inOurWords.ts';
import type { Problem } from './schemas.ts';

type Kind = { status: number; title: string; detail: string };

/**
 * Every kind of refusal by code; programs compare codes, so they never change. docs/integrating.md lists them; a
 * `detail` may be more specific in an answer.
 */
export const PROBLEMS = {
  'request-broken': {
    status: 400,
    title: 'Incomplete request',
    detail: 'The request broke off or could not be unpacked. Send it again.',
  },
  'body-not-utf-8': {
    status: 400,
    title: 'The body is not UTF-8',
    detail: 'Encode the body as UTF-8.',
  },
  'body-not-json': { status: 400, title: 'The body is not JSON', detail: 'Send one JSON value as the body.' },
  'idempotency-key-missing': {
    status: 400,
    title: 'Missing Idempotency-Key',
    detail:
      'Send an Idempotency-Key header of 1 to 200 printable ASCII characters: a new one for each message, the same one when you retry.',
  },
  'report-not-understood': {
    status: 400,
    title: 'Unknown report format',
    detail: 'Send the report as described in docs/deploying.md.',
  },
  'key-not-valid': {
    status: 401,
    title: 'Invalid API key',
    detail: 'Send "Authorization: Bearer <key>" with a key that has not expired or been revoked.',
  },
  'signature-not-valid': {
    status: 403,
    title: 'Invalid signature',
    detail: 'Check the secret, and that the signature covers the request exactly as it is sent.',
  },
  'not-known': {
    status: 404,
    title: 'Not found',
    detail: 'Check the id. It never existed, was deleted, or belongs to another client.',
  },
  'no-such-call': { status: 404, title: 'No such endpoint', detail: 'See /api/v1/openapi.json.' },
  'webhook-not-in-use': {
    status: 404,
    title: 'Webhook not configured',
    detail: 'This installation has no secret for these reports.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'The Allow header lists the methods of this URL.',
  },
  'recipient-completed': {
    status: 409,
    title: 'Onboarding already completed',
    detail: 'The account is open, so there is no invitation to send and no address to correct.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'Idempotency-Key already used for another message',
    detail: 'Use a new key for a new message.',
  },
  'message-deleted': {
    status: 410,
    title: 'Message deleted',
    detail:
      'The message sent with this Idempotency-Key has been deleted. Use a new key to send it as a new message.',
  },
  'body-too-large': {
    status: 413,
    title: 'Body too large',
    detail: 'See the limits in docs/integrating.md.',
  },
  'body-type-not-supported': {
    status: 415,
    title: 'Unsupported content type',
    detail: 'Send JSON with the header Content-Type: application/json. The charset, if given, must be utf-8.',
  },
  'request-not-valid': {
    status: 422,
    title: 'Invalid request',
    detail: 'Correct the fields listed in errors and send the request again.',
  },
  'too-many-calls': {
    status: 429,
    title: 'Too many requests',
    detail: 'Retry after the number of seconds in Retry-After. Send a message with the same Idempotency-Key.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    detail: 'Retry. Send a message with the same Idempotency-Key: nothing is done twice.',
  },
  busy: { status: 503, title: 'Busy', detail: 'Retry after the number of seconds in Retry-After.' },
} as const satisfies Record<string, Kind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A URN, not a URL: the same in every installation, wherever it moves. */
export const problemType = (code: string): string => `urn:instap:problem:${code}`;

type More = { detail?: string; errors?: { at: string; message: string }[] };

export function problem(
  ctx: Koa.ParameterizedContext<Pick<State, 'requestId'>>,
  code: ProblemCode,
  more: More = {},
): void {
  const { requestId } = ctx.state;
  const document: z.infer<typeof Problem> = {
    type: problemType(code),
    code,
    ...PROBLEMS[code],
    ...more,
    requestId,
  };
  ctx.status = document.status;
  ctx.body = JSON.stringify(document);
  ctx.type = 'application/problem+json';
}

/** For errors before a handler could say more. */
const OF_STATUS: Record<number, ProblemCode> = {
  413: 'body-too-large',
  415: 'body-type-not-supported',
  429: 'too-many-calls',
  503: 'busy',
};

export const problemOfStatus = (ctx: Koa.ParameterizedContext<State>, status: number): void =>
  problem(ctx, OF_STATUS[status] ?? (status < 500 ? 'request-broken' : 'internal-error'));

/** Reports every invalid field at once. */
export const invalid = (ctx: Ctx, errors: { at: string; message: string }[]): void =>
  problem(ctx, 'request-not-valid', { errors });

/** The body, parsed by `schema`; undefined when the errors were answered here. */
export function readBody<T>(ctx: Ctx, schema: z.ZodType<T>): T | undefined {
  if (ctx.request.body === undefined) {
    problem(ctx, 'body-not-json');
    return undefined;
  }
  const read = schema.safeParse(ctx.request.body, { error: inOurWords });
  if (read.success) return read.data;
  invalid(ctx, errorsIn(read.error));
  return undefined;
}

/** How many errors one answer lists. */
const MOST_ERRORS = 50;

const errorsIn = ({ issues }: z.ZodError): { at: string; message: string }[] =>
  issues.slice(0, MOST_ERRORS).map(({ path, message }) => ({ at: path.join('.'), message }));

export const notKnown = (ctx: Ctx): void => problem(ctx, 'not-known');
