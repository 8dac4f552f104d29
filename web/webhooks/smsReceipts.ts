/** Delivery receipts from Twilio, signed so that nobody can fake them. */
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { z } from 'zod';
import { recordReceipt } from '../../db/smsCodes.ts';
import { failureOf } from '../../db/smsFailures.ts';
import { problem } from '../api/problem.ts';
import type { Ctx, Web } from '../context.ts';
import { isSaidToBeUtf8, takeBody, textOfBody } from '../middleware/body.ts';
import { auditUnproven } from '../middleware/limits.ts';
import type { Guard } from '../route.ts';

const RECEIPTS = '/webhooks/twilio';
const FORM = 'application/x-www-form-urlencoded';
const FORM_LIMIT = '64kb';

const SmsCodeId = z.uuid();

/** Only the fields that are used; Twilio may add others at any time. */
const Receipt = z.object({
  MessageSid: z.string().regex(/^[A-Za-z0-9]{1,64}$/),
  MessageStatus: z.string(),
  ErrorCode: z
    .string()
    .regex(/^\d{0,9}$/)
    .optional(),
});

/** Twilio's final states of an SMS; "queued", "sent" and so on come before and add nothing. */
const LAST_WORDS: Record<string, { delivered: boolean }> = {
  delivered: { delivered: true },
  undelivered: { delivered: false },
  failed: { delivered: false },
};

/** Names and values exactly as sent, because that is what is signed. A repeated name becomes a list. */
function fieldsIn(form: string): Record<string, string | string[]> {
  const sent = new URLSearchParams(form);
  return Object.fromEntries(
    [...new Set(sent.keys())].map((name) => {
      const values = sent.getAll(name);
      return [name, values.length > 1 ? values : values[0]!];
    }),
  );
}

/** The form; undefined when Twilio did not sign it. */
function signedForm(ctx: Ctx, { config }: Web) {
  const { TWILIO_AUTH_TOKEN, PUBLIC_URL } = config;
  const text = ctx.is(FORM) && isSaidToBeUtf8(ctx) ? textOfBody(ctx) : undefined;
  const fields = text === undefined ? undefined : fieldsIn(text);
  // The signature covers the URL that was called, including the id of the SMS.
  const url = new URL(RECEIPTS + ctx.search, PUBLIC_URL).href;
  const signature = ctx.get('X-Twilio-Signature');
  const isSigned = TWILIO_AUTH_TOKEN && fields && validateRequest(TWILIO_AUTH_TOKEN, signature, url, fields);
  return isSigned ? fields : undefined;
}

const takeIt = takeBody(FORM, FORM_LIMIT);

export const readReceipt: Guard = (ctx, _web, next) => takeIt(ctx, next);

export async function takeSmsReceipt(ctx: Ctx, web: Web): Promise<void> {
  const fields = signedForm(ctx, web);
  if (!fields) {
    await auditUnproven(ctx, web, 'signature.refused');
    return problem(ctx, 'signature-not-valid');
  }
  const { data } = Receipt.safeParse(fields);
  if (!data) return problem(ctx, 'report-not-understood');
  const last = Object.hasOwn(LAST_WORDS, data.MessageStatus) ? LAST_WORDS[data.MessageStatus] : undefined;
  const { MessageSid: providerId, ErrorCode: reason } = data;
  const failure = last?.delivered ? undefined : (failureOf(reason) ?? 'not-delivered');
  const smsCodeId = SmsCodeId.safeParse(ctx.query.sms).data;
  if (last) await recordReceipt(web.db, { smsCodeId, providerId, failure, reason });
  ctx.status = 204;
}
