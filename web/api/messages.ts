/** `/api/v1/messages`: sending a message, and reading its status. */
import type { z } from 'zod';
import { acceptMessage, messageById } from '../../db/messages.ts';
import { onboardingOf } from '../../db/onboardings.ts';
import { isUuid } from '../../db/uuid.ts';
import { type Ctx, fromGuard, pathPart, type Web } from '../context.ts';
import { mobileNumber } from '../phone.ts';
import { invalid, notKnown, problem, readBody } from './problem.ts';
import { type AcceptedMessage, IdempotencyKey, NewMessage } from './schemas.ts';
import { brief, messageState } from './states.ts';

const REFUSED = {
  'key-used-differently': 'idempotency-key-reused',
  'message-deleted': 'message-deleted',
} as const;

export async function postMessage(ctx: Ctx, web: Web): Promise<void> {
  const { data: idempotencyKey } = IdempotencyKey.safeParse(ctx.get('Idempotency-Key'));
  if (idempotencyKey === undefined) return problem(ctx, 'idempotency-key-missing');
  const read = readBody(ctx, NewMessage);
  if (!read) return;
  const { to, from, subject, body, reference, temporaryPassword } = read;
  const mobile = to.mobile ? mobileNumber(to.mobile, web.config.SMS_COUNTRIES) : undefined;
  if (mobile && 'refused' in mobile)
    return invalid(ctx, [
      { at: 'to.mobile', message: 'give a mobile number of an allowed country, for example +31612345678' },
    ]);

  const accepted = await acceptMessage(
    web.db,
    {
      clientId: fromGuard(ctx, 'client').id,
      idempotencyKey,
      request: JSON.stringify(read),
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
      recipient: { id: personId, onboarding: brief(onboarding) },
    }),
  );
  if ('refused' in accepted) return problem(ctx, REFUSED[accepted.refused]);
  ctx.status = 202;
  ctx.body = { ...accepted.answer, temporaryPassword: accepted.temporaryPassword };
}

export async function getMessage(ctx: Ctx, { db }: Web): Promise<void> {
  const id = pathPart(ctx, 'id');
  const message = isUuid(id) ? await messageById(db, id) : undefined;
  if (message?.clientId !== fromGuard(ctx, 'client').id) return notKnown(ctx);
  ctx.body = messageState(message, await onboardingOf(db, message.personId));
}
