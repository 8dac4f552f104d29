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
  'request-broken': { status: 400, title: 'The request did not arrive whole', detail: 'Send it again.' },
  'body-not-utf-8': {
    status: 400,
    title: 'The body is not UTF-8',
    detail: 'Encode the body as UTF-8; another encoding cannot be read.',
  },
  'body-not-json': { status: 400, title: 'The body is not JSON', detail: 'Send one JSON value as the body.' },
  'idempotency-key-missing': {
    status: 400,
    title: 'No Idempotency-Key',
    detail:
      'Send a header Idempotency-Key of 1 to 200 printable ASCII characters, a new one for each message and the same one when you try again.',
  },
  'report-not-understood': {
    status: 400,
    title: 'Not a report',
    detail: 'Send the report as it is described in docs/deploying.md.',
  },
  'key-not-valid': {
    status: 401,
    title: 'No key that works',
    detail: 'Send "Authorization: Bearer <key>".',
  },
  'signature-not-valid': {
    status: 403,
    title: 'Not signed rightly',
    detail: 'Check the secret, and that what is signed is the very request that is sent.',
  },
  'not-known': {
    status: 404,
    title: 'Not known to this client',
    detail: 'Check the id. It was deleted, belongs to another client, or never was.',
  },
  'no-such-call': { status: 404, title: 'There is no such call', detail: 'See /api/v1/openapi.json.' },
  'webhook-not-in-use': {
    status: 404,
    title: 'Not in use',
    detail: 'The secret that signs these reports is not set here.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Not with this method',
    detail: 'The header Allow lists the methods of this address.',
  },
  'recipient-completed': {
    status: 409,
    title: 'This person has finished',
    detail: 'The account is open: nothing is left to invite to or to correct.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'The Idempotency-Key was used for another message',
    detail: 'Use a new key for a new message.',
  },
  'message-deleted': {
    status: 410,
    title: 'The message of this Idempotency-Key was deleted',
    detail: 'It was accepted once and is gone. Use a new key to send it as a new message.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    detail: 'docs/integrating.md lists the sizes that are taken.',
  },
  'body-type-not-supported': {
    status: 415,
    title: 'Not the type of body that is read here',
    detail: 'Send the header Content-Type: application/json, without a charset or with utf-8, and JSON.',
  },
  'request-not-valid': {
    status: 422,
    title: 'The request was not accepted',
    detail: 'Correct what is listed and send it again.',
  },
  'too-many-calls': {
    status: 429,
    title: 'Too many calls',
    detail: 'Try again after the seconds in Retry-After, a message with the same Idempotency-Key.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    detail: 'Try again, a message with the same Idempotency-Key: nothing is done twice.',
  },
  busy: { status: 503, title: 'Busy', detail: 'Try again after the seconds in Retry-After.' },
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
