/** One worker's SMS provider: Twilio's API, which sometimes refuses, hangs, is slow, or drops the connection. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import type { Phone } from '../../tools/tryout/phone.ts';
import { twilioApi } from '../../tools/tryout/twilioApi.ts';
import type { Station } from './mailServer.ts';

const SLOW_MS = 3_000;

export type SmsProvider = {
  /** For TWILIO_BASE_URL. */
  url: string;
  close(): void;
};

export async function openSmsProvider(
  phone: Phone,
  { worker, faults, deliveries, kill }: Station,
): Promise<SmsProvider> {
  /** The request being handled; several may be under way. */
  const asking = new AsyncLocalStorage<{ cameAt: number; answerLost: boolean }>();
  const phoneUnderFaults: Phone = {
    ...phone,
    receive(request) {
      const taken = phone.receive(request);
      if ('sid' in taken)
        deliveries.addText({ to: taken.to, text: taken.body, at: Date.now(), worker, ...asking.getStore()! });
      return taken;
    },
  };
  const router = new Router();
  twilioApi(router, phoneUnderFaults);
  const app = new Koa();
  app.use(async (ctx, next) => {
    const cameAt = Date.now();
    if (faults.take('twilio-refuse')) {
      ctx.status = 503;
      ctx.body = { code: 20503, message: 'Service unavailable', status: 503 };
      return;
    }
    if (faults.take('twilio-hang')) {
      ctx.respond = false;
      return;
    }
    if (faults.take('twilio-slow')) await sleep(SLOW_MS);
    await bodyParser({ enableTypes: ['form'] })(ctx, async () => {
      const answerLost = faults.take('twilio-drop');
      await asking.run({ cameAt, answerLost }, next);
      if (!answerLost) return;
      ctx.respond = false;
      ctx.req.socket.destroy();
    });
    if (ctx.status === 201 && ctx.respond !== false)
      ctx.res.once('finish', () => {
        if (faults.take('after-twilio-201')) kill();
      });
  });
  app.use(router.routes());
  app.on('error', () => undefined);

  const server = createServer(app.callback());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
