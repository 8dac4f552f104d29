/** The part of Twilio's HTTP API that the `twilio` client uses to send an SMS, served by the stand-in. */
import { timingSafeEqual } from 'node:crypto';
import type Router from '@koa/router';
import type { Phone, Refusal } from './phone.ts';

export function twilioApi(router: Router, phone: Phone): void {
  const expected = `Basic ${Buffer.from(`${phone.accountSid}:${phone.authToken}`).toString('base64')}`;

  router.post('/2010-04-01/Accounts/:sid/Messages.json', (ctx) => {
    if (!equal(ctx.get('Authorization'), expected) || ctx.params.sid !== phone.accountSid) {
      ctx.set('WWW-Authenticate', 'Basic realm="Twilio API"');
      return refuse({ status: 401, code: 20003, message: 'Authenticate' });
    }
    const answer = phone.receive(ctx.request.body as Parameters<Phone['receive']>[0]);
    if ('code' in answer) return refuse(answer);
    ctx.status = 201;
    ctx.body = {
      account_sid: phone.accountSid,
      api_version: '2010-04-01',
      body: answer.body,
      date_created: new Date(answer.at).toUTCString(),
      date_sent: null,
      date_updated: new Date(answer.at).toUTCString(),
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from: answer.from.startsWith('MG') ? null : answer.from,
      messaging_service_sid: answer.from.startsWith('MG') ? answer.from : null,
      num_media: '0',
      num_segments: '1',
      price: null,
      price_unit: 'USD',
      sid: answer.sid,
      status: answer.status,
      subresource_uris: {
        media: `/2010-04-01/Accounts/${phone.accountSid}/Messages/${answer.sid}/Media.json`,
      },
      to: answer.to,
      uri: `/2010-04-01/Accounts/${phone.accountSid}/Messages/${answer.sid}.json`,
    };

    function refuse({ status, code, message }: Refusal): void {
      ctx.status = status;
      ctx.body = { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
    }
  });
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
