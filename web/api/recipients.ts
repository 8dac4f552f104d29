/** `/api/v1/recipients`: how far a person is, and what a sender can do about it. */
import type Router from '@koa/router';
import type Koa from 'koa';
import type { Onboarding } from '../../db/onboardings.ts';
import { onboardingOf } from '../../db/onboardings.ts';
import { findPersonByEmail } from '../../db/people.ts';
import { correctAddress, endRelation, inviteAgain, recipientOf } from '../../db/relations.ts';
import { isUuid } from '../../db/uuid.ts';
import type { Web } from '../context.ts';
import { answerMethods } from './noSuchCall.ts';
import { type ApiCtx, type ApiState, notKnown, problem, readBody } from './problem.ts';
import { AddressOnly, IdempotencyKey, Invite } from './schemas.ts';
import { recipientState } from './states.ts';

type Handler = (
  ctx: ApiCtx,
  relation: { clientId: string; personId: string; row: Onboarding },
) => Promise<void>;

/** The recipient in the path, if this client has a message for that person; anybody else is not known. */
function ofClient(
  { db }: Web,
  handler: Handler,
): Koa.Middleware<ApiState, Koa.DefaultContext & { params: { id?: string } }> {
  return async (ctx) => {
    const { id: personId = '' } = ctx.params;
    const clientId = ctx.state.client.id;
    const row = isUuid(personId) ? await recipientOf(db, { clientId, personId }) : undefined;
    if (!row) return notKnown(ctx);
    await handler(ctx, { clientId, personId, row });
  };
}

/** `unknown`: another call ended the relation meanwhile. */
function refused(ctx: ApiCtx, why: 'completed' | 'unknown' | 'key-used-differently'): void {
  if (why === 'unknown') notKnown(ctx);
  else problem(ctx, why === 'completed' ? 'recipient-completed' : 'idempotency-key-reused');
}

/** What a call for another invitation asks; undefined when it was answered here. It may come without body and key. */
function readInvite(ctx: ApiCtx): { passesOn: boolean; idempotencyKey: string | undefined } | undefined {
  const header = ctx.get('Idempotency-Key');
  const key = IdempotencyKey.safeParse(header);
  if (header && !key.success) {
    problem(ctx, 'idempotency-key-missing');
    return undefined;
  }
  const read = hasBody(ctx) ? readBody(ctx, Invite) : {};
  return read && { passesOn: read.temporaryPassword === 'sender', idempotencyKey: key.data };
}

const hasBody = ({ request, req }: ApiCtx): boolean =>
  Boolean(request.length) || req.headers['transfer-encoding'] !== undefined;

export function recipientCalls(router: Router<ApiState>, web: Web): void {
  const { db } = web;

  // By POST, so that no address is in a URL or a log of URLs.
  router.post('/recipients/search', async (ctx) => {
    const read = readBody(ctx, AddressOnly);
    if (!read) return;
    const person = await findPersonByEmail(db, read.email);
    const where = { clientId: ctx.state.client.id, personId: person?.id ?? '' };
    const row = person && (await recipientOf(db, where));
    if (!row) return notKnown(ctx);
    ctx.body = await recipientState(web, row);
  });

  // Else it would be taken for an id.
  router.all('/recipients/search', (ctx) => answerMethods(ctx, ['POST']));

  router.get(
    '/recipients/:id',
    ofClient(web, async (ctx, { row }) => {
      ctx.body = await recipientState(web, row);
    }),
  );

  router.post(
    '/recipients/:id/invitation',
    ofClient(web, async (ctx, relation) => {
      const asked = readInvite(ctx);
      if (!asked) return;
      const call = { ...relation, ...asked, everyMs: web.config.INVITE_EVERY };
      const again = await inviteAgain(db, call, async (row, { sentAt, notBefore }) => ({
        ...(await recipientState(web, row)),
        sentAt: sentAt?.toISOString(),
        notBefore: notBefore.toISOString(),
      }));
      if ('refused' in again) return refused(ctx, again.refused);
      ctx.status = 202;
      ctx.body = { ...again.answer, temporaryPassword: again.temporaryPassword };
    }),
  );

  router.patch(
    '/recipients/:id',
    ofClient(web, async (ctx, relation) => {
      const read = readBody(ctx, AddressOnly);
      if (!read) return;
      const corrected = await correctAddress(db, { ...relation, email: read.email });
      if ('refused' in corrected && corrected.refused !== 'same') return refused(ctx, corrected.refused);
      const personId = 'personId' in corrected ? corrected.personId : relation.personId;
      ctx.body = await recipientState(web, (await onboardingOf(db, personId))!);
    }),
  );

  router.delete(
    '/recipients/:id',
    ofClient(web, async (ctx, relation) => {
      await endRelation(db, relation);
      ctx.status = 204;
    }),
  );
}
