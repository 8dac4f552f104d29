/** The senders' API. JSON in and out; every refusal is a problem document that says what to do (RFC 9457). */
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import type Koa from 'koa';
import type { z } from 'zod';
import { type Client, clientOfKey } from '../../db/clients.ts';
import { acceptMessage, type Message, messageById, recipientOf } from '../../db/messages.ts';
import { factsOf, type Onboarding, onboardingOf } from '../../db/onboardings.ts';
import { profile } from '../../db/profiles.ts';
import { steps } from '../../workflows/steps.ts';
import type { State, Web } from '../context.ts';
import { mobileNumber } from '../phone.ts';
import { openApi } from './openapi.ts';
import { type AcceptedMessage, type MessageState, NewMessage, type Recipient } from './schemas.ts';

/** A body of 100,000 characters of four bytes each fits. */
const BODY_LIMIT = '512kb';
const LONGEST_KEY = 200;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

type ApiState = State & { client: Client };
type ApiCtx = Koa.ParameterizedContext<ApiState>;

type ProblemDetails = {
  status: number;
  title: string;
  detail?: string;
  errors?: { at: string; message: string }[];
};

export function problem(ctx: Koa.ParameterizedContext, details: ProblemDetails): void {
  ctx.status = details.status;
  ctx.body = JSON.stringify({ type: 'about:blank', ...details });
  ctx.type = 'application/problem+json';
}

function authenticate({ db }: Web): Koa.Middleware<ApiState> {
  return async (ctx, next) => {
    const key = /^Bearer (\S+)$/.exec(ctx.get('Authorization'))?.[1];
    const client = key && (await clientOfKey(db, key));
    if (!client) {
      ctx.set('WWW-Authenticate', 'Bearer');
      return problem(ctx, {
        status: 401,
        title: 'No key that works',
        detail: 'Send "Authorization: Bearer <key>".',
      });
    }
    ctx.state.client = client;
    await next();
  };
}

export const briefly = (row: Onboarding): z.infer<typeof Recipient>['onboarding']['status'] => {
  if (row.status !== 'open') return row.status;
  return Object.values(factsOf(row)).some(Boolean) ? 'in_progress' : 'invited';
};

const stepOf = (row: Onboarding) => (row.status === 'completed' ? null : steps(factsOf(row)).current);

function problemOf(row: Onboarding): z.infer<typeof Recipient>['onboarding']['problem'] {
  if (row.status === 'completed') return undefined;
  if (row.notMeAt) return 'not-me';
  if (row.helpAskedAt) return 'help-asked';
  return row.mailRefusedAt ? 'mail-undeliverable' : undefined;
}

function messageState(message: Message, row: Onboarding | undefined): z.infer<typeof MessageState> {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  const held = () => {
    if (row?.status === 'expired') return 'expired';
    return row?.mailRefusedAt ? 'undeliverable' : 'held';
  };
  return {
    id: message.id,
    reference: message.reference ?? null,
    status: message.readAt ? 'read' : message.releasedAt ? 'notified' : held(),
    acceptedAt: message.createdAt.toISOString(),
    releasedAt: iso(message.releasedAt),
    readAt: iso(message.readAt),
  };
}

async function postMessage(ctx: ApiCtx, web: Web): Promise<void> {
  const idempotencyKey = ctx.get('Idempotency-Key');
  if (!idempotencyKey || idempotencyKey.length > LONGEST_KEY)
    return problem(ctx, {
      status: 400,
      title: 'No Idempotency-Key',
      detail:
        'Send a header Idempotency-Key of 1 to 200 characters, a new one for each message and the same one when you try again.',
    });
  const read = NewMessage.safeParse(ctx.request.body);
  if (!read.success)
    return invalid(
      ctx,
      read.error.issues.map(({ path, message }) => ({ at: path.join('.'), message })),
    );
  const { to, from, subject, body, reference, temporaryPassword } = read.data;
  const mobile = to.mobile ? mobileNumber(to.mobile, web.config.SMS_COUNTRIES) : undefined;
  if (mobile && 'refused' in mobile)
    return invalid(ctx, [
      { at: 'to.mobile', message: 'give a mobile number of an allowed country, for example +31612345678' },
    ]);

  const accepted = await acceptMessage(
    web.db,
    {
      clientId: ctx.state.client.id,
      idempotencyKey,
      request: JSON.stringify(read.data),
      email: to.email,
      locale: to.locale ?? web.config.DEFAULT_LOCALE,
      mobile: mobile?.phone,
      from,
      subject,
      body,
      reference,
      temporaryPassword,
    },
    ({ messageId, personId, onboarding }): Omit<z.infer<typeof AcceptedMessage>, 'temporaryPassword'> => ({
      id: messageId,
      recipient: { id: personId, onboarding: { status: briefly(onboarding), step: stepOf(onboarding) } },
    }),
  );
  if ('refused' in accepted)
    return problem(ctx, {
      status: 422,
      title: 'The Idempotency-Key was used for another message',
      detail: 'Use a new key for a new message.',
    });
  web.delivery.poke();
  ctx.status = 202;
  ctx.body = { ...accepted.answer, temporaryPassword: accepted.temporaryPassword };
}

function invalid(ctx: ApiCtx, errors: { at: string; message: string }[]): void {
  problem(ctx, {
    status: 422,
    title: 'The message was not accepted',
    detail: 'Mend what is listed and send it again.',
    errors,
  });
}

const notKnown = (ctx: ApiCtx) => problem(ctx, { status: 404, title: 'Not known to this client' });

export function api(web: Web): Router<ApiState> {
  const router = new Router<ApiState>({ prefix: '/api/v1' });
  const document = openApi(web.config.PUBLIC_URL);

  router.get('/openapi.json', (ctx) => {
    ctx.body = document;
  });

  router.use(authenticate(web));

  router.post(
    '/messages',
    bodyParser({
      enableTypes: ['json'],
      jsonLimit: BODY_LIMIT,
      onError: (_error, ctx) => {
        const tooLarge = 'type' in _error && _error.type === 'entity.too.large';
        ctx.throw(tooLarge ? 413 : 400, tooLarge ? 'The message is too large' : 'The body is not JSON');
      },
    }),
    (ctx) => postMessage(ctx, web),
  );

  router.get('/messages/:id', async (ctx) => {
    const { id = '' } = ctx.params;
    const message = UUID.test(id) ? await messageById(web.db, id) : undefined;
    if (message?.clientId !== ctx.state.client.id) return notKnown(ctx);
    ctx.body = messageState(message, await onboardingOf(web.db, message.personId));
  });

  router.get('/recipients/:id', async (ctx) => {
    const { id = '' } = ctx.params;
    const where = { clientId: ctx.state.client.id, personId: id };
    const row = UUID.test(id) ? await recipientOf(web.db, where) : undefined;
    if (!row) return notKnown(ctx);
    const answer: z.infer<typeof Recipient> = {
      id,
      onboarding: {
        status: briefly(row),
        step: stepOf(row),
        since: (row.endedAt ?? row.progressedAt).toISOString(),
        invitationsSent: row.invitationsSent,
        remindersSent: row.remindersSent,
        problem: problemOf(row),
      },
      profile: row.status === 'completed' ? await profile(web.db, id) : undefined,
    };
    ctx.body = answer;
  });

  return router;
}
