/** What became of an SMS, told by Twilio: signed, so nobody else can. */
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { z } from 'zod';
import { recordReceipt } from '../db/smsCodes.ts';
import { failureOf } from '../db/smsFailures.ts';
import type { State, Web } from './context.ts';

const RECEIPTS = '/webhooks/twilio';
const FORM_LIMIT = '16kb';

const SmsCodeId = z.uuid();

/** Twilio's last words on an SMS; "queued", "sent" and the like come before and say nothing new. */
const LAST_WORDS: Record<string, { delivered: boolean }> = {
  delivered: { delivered: true },
  undelivered: { delivered: false },
  failed: { delivered: false },
};

export function receipts(web: Web): Router<State> {
  const router = new Router<State>();
  const { TWILIO_AUTH_TOKEN, PUBLIC_URL } = web.config;
  router.post(RECEIPTS, bodyParser({ enableTypes: ['form'], formLimit: FORM_LIMIT }), async (ctx) => {
    const fields = (ctx.request.body ?? {}) as Record<string, string>;
    const signature = ctx.get('X-Twilio-Signature');
    ctx.status = 403;
    // Signed as it was called, with the id of the SMS.
    const url = new URL(RECEIPTS + ctx.search, PUBLIC_URL).href;
    if (!TWILIO_AUTH_TOKEN || !validateRequest(TWILIO_AUTH_TOKEN, signature, url, fields)) return;
    const last = LAST_WORDS[fields.MessageStatus ?? ''];
    const { MessageSid: providerId, ErrorCode: reason } = fields;
    const failure = last?.delivered ? undefined : (failureOf(reason) ?? 'not-delivered');
    const smsCodeId = SmsCodeId.safeParse(ctx.query.sms).data;
    if (last && providerId) await recordReceipt(web.db, { smsCodeId, providerId, failure, reason });
    web.delivery.poke();
    ctx.status = 204;
  });
  return router;
}
