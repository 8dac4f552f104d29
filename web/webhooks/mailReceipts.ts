/**
 * Delivery reports from the mail provider, or from whatever reads its reports: a small JSON form, signed after
 * Standard Webhooks (https://www.standardwebhooks.com) so that nobody can fake it. docs/deploying.md describes it.
 */
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';
import { recordMailReceipt } from '../../db/mailReceipts.ts';
import { problem } from '../api/problem.ts';
import type { Ctx, Web } from '../context.ts';
import { isSaidToBeUtf8, jsonIn, takeBody, textOfBody } from '../middleware/body.ts';
import { auditUnproven } from '../middleware/limits.ts';
import type { Guard } from '../route.ts';

const BODY_LIMIT = '16kb';
const SIGNED_WITH = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Our own mails have `<uuid@host>`; some providers omit the brackets. */
const MAIL_ID = /^<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@/i;
/** RFC 5322, 2.1.1: no line of a mail is longer. */
const LONGEST_MESSAGE_ID = 998;

const Report = z.object({
  messageId: z.string().min(1).max(LONGEST_MESSAGE_ID),
  event: z.enum(['delivered', 'bounced']),
});

/** The library also requires a time within 5 minutes of ours, so that an old report cannot be replayed. */
function isSigned(webhook: Webhook, ctx: Ctx, body: string): boolean {
  const headers = Object.fromEntries(SIGNED_WITH.map((name) => [name, ctx.get(name)]));
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

const takeIt = takeBody('application/json', BODY_LIMIT);

export const readReport: Guard = (ctx, _web, next) => takeIt(ctx, next);

export async function takeMailReceipt(ctx: Ctx, web: Web): Promise<void> {
  const secret = web.config.MAIL_WEBHOOK_SECRET;
  if (!secret) return problem(ctx, 'webhook-not-in-use', { detail: 'MAIL_WEBHOOK_SECRET is not set.' });
  // The signature covers every byte of it.
  const body = isSaidToBeUtf8(ctx) ? textOfBody(ctx) : undefined;
  if (body === undefined || !isSigned(new Webhook(secret), ctx, body)) {
    await auditUnproven(ctx, web, 'signature.refused');
    return problem(ctx, 'signature-not-valid', {
      detail:
        'Check the secret, the clock, and that what is signed is the very body that is sent, as application/json.',
    });
  }
  const report = Report.safeParse(jsonIn(body)?.value).data;
  if (!report)
    return problem(ctx, 'report-not-understood', {
      detail: 'Send { "messageId": "<…@host>", "event": "delivered" or "bounced" }.',
    });
  const mailId = MAIL_ID.exec(report.messageId)?.[1]?.toLowerCase();
  if (mailId) await recordMailReceipt(web.db, { mailId, delivered: report.event === 'delivered' });
  ctx.status = 204;
}
