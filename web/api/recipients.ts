/** `/api/v1/recipients`: how far a person is, and what a sender can do. */
import { type Onboarding, onboardingOf } from '../../db/onboardings.ts';
import { findPersonByEmail } from '../../db/people.ts';
import { correctAddress, endRelation, inviteAgain, recipientOf } from '../../db/relations.ts';
import { isUuid } from '../../db/uuid.ts';
import { type Ctx, fromGuard, pathPart, type Web } from '../context.ts';
import type { Guard } from '../route.ts';
import { answerMethods } from './noSuchCall.ts';
import { notKnown, problem, readBody } from './problem.ts';
import { AddressOnly, IdempotencyKey, Invite } from './schemas.ts';
import { recipientState } from './states.ts';

/** A person to whom the calling client has sent a message. */
export type Relation = { clientId: string; personId: string; row: Onboarding };

/**
 * The recipient in the path, if this client has a message for that person; otherwise it does not exist for the client.
 */
export const requireRelation: Guard = async (ctx, { db }, next) => {
  const personId = pathPart(ctx, 'id');
  const clientId = fromGuard(ctx, 'client').id;
  const row = isUuid(personId) ? await recipientOf(db, { clientId, personId }) : undefined;
  if (!row) return notKnown(ctx);
  ctx.state.relation = { clientId, personId, row };
  await next();
};

/** `unknown`: another call has ended the relation meanwhile. */
function refused(ctx: Ctx, why: 'completed' | 'unknown' | 'key-used-differently'): void {
  if (why === 'unknown') notKnown(ctx);
  else problem(ctx, why === 'completed' ? 'recipient-completed' : 'idempotency-key-reused');
}

/** The request for another invitation, which may come without body and key; undefined when it was answered here. */
function readInvite(ctx: Ctx): { passesOn: boolean; idempotencyKey: string | undefined } | undefined {
  const header = ctx.get('Idempotency-Key');
  const key = IdempotencyKey.safeParse(header);
  if (header && !key.success) {
    problem(ctx, 'idempotency-key-missing');
    return undefined;
  }
  const read = hasBody(ctx) ? readBody(ctx, Invite) : {};
  return read && { passesOn: read.temporaryPassword === 'sender', idempotencyKey: key.data };
}

const hasBody = ({ request, req }: Ctx): boolean =>
  Boolean(request.length) || req.headers['transfer-encoding'] !== undefined;

/** POST, so that no address appears in a URL or in logs of URLs. */
export async function findRecipient(ctx: Ctx, web: Web): Promise<void> {
  const read = readBody(ctx, AddressOnly);
  if (!read) return;
  const person = await findPersonByEmail(web.db, read.email);
  const where = { clientId: fromGuard(ctx, 'client').id, personId: person?.id ?? '' };
  const row = person && (await recipientOf(web.db, where));
  if (!row) return notKnown(ctx);
  ctx.body = await recipientState(web, row);
}

export const onlyPost = (ctx: Ctx): void => answerMethods(ctx, ['POST']);

export async function getRecipient(ctx: Ctx, web: Web): Promise<void> {
  ctx.body = await recipientState(web, fromGuard(ctx, 'relation').row);
}

export async function inviteRecipient(ctx: Ctx, web: Web): Promise<void> {
  const asked = readInvite(ctx);
  if (!asked) return;
  const call = { ...fromGuard(ctx, 'relation'), ...asked, everyMs: web.config.INVITE_EVERY };
  const again = await inviteAgain(web.db, call, async (row, { sentAt, notBefore }) => ({
    ...(await recipientState(web, row)),
    sentAt: sentAt?.toISOString(),
    notBefore: notBefore.toISOString(),
  }));
  if ('refused' in again) return refused(ctx, again.refused);
  ctx.status = 202;
  ctx.body = { ...again.answer, temporaryPassword: again.temporaryPassword };
}

export async function correctRecipient(ctx: Ctx, web: Web): Promise<void> {
  const read = readBody(ctx, AddressOnly);
  if (!read) return;
  const relation = fromGuard(ctx, 'relation');
  const corrected = await correctAddress(web.db, { ...relation, email: read.email });
  if ('refused' in corrected && corrected.refused !== 'same') return refused(ctx, corrected.refused);
  const personId = 'personId' in corrected ? corrected.personId : relation.personId;
  ctx.body = await recipientState(web, (await onboardingOf(web.db, personId))!);
}

export async function deleteRecipient(ctx: Ctx, { db }: Web): Promise<void> {
  await endRelation(db, fromGuard(ctx, 'relation'));
  ctx.status = 204;
}
