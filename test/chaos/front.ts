/** What stands before the webs: one address, and requests go to one web after the other. A dead one is passed over. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { FaultList } from './faultList.ts';

export type Front = {
  port: number;
  /** From now on requests go to these. */
  serve(webs: Web[]): void;
  close(): void;
};

export type Web = {
  port: number;
  /** Where it serves its metrics. */
  metrics: string;
  kill: () => void;
  /** It answered with success what was asked at this time. */
  answered: (begunAt: number) => void;
  /** The answer to the request that comes now waits for this. True: this web was killed, the answer is lost. */
  withhold: () => Promise<boolean>;
};

type Reply = { status: number; headers: IncomingMessage['headers']; body: Buffer };

/** A step of a person, or what a sender does about one. */
const tellsEngine = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'PATCH' ||
  (method === 'POST' && (url.startsWith('/onboarding/') || url.endsWith('/invitation')));

class Refused extends Error {}

export async function openFront(faults: FaultList): Promise<Front> {
  let webs: Web[] = [];
  let turn = 0;

  function ask(web: Web, req: IncomingMessage, body: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { method, url, headers } = req;
      const asked = request({ port: web.port, host: '127.0.0.1', method, path: url, headers, agent: false });
      asked.on('response', async (answer) => {
        try {
          resolve({ status: answer.statusCode!, headers: answer.headers, body: await buffer(answer) });
        } catch (error) {
          reject(error);
        }
      });
      asked.on('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ECONNREFUSED' ? new Refused() : error),
      );
      asked.end(body);
      if (method !== 'GET' && faults.isArmed('before-handling'))
        asked.once('socket', (socket) =>
          socket.once('connect', () => {
            if (faults.take('before-handling')) web.kill();
          }),
        );
    });
  }

  async function pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const begunAt = Date.now();
    const body = await buffer(req);
    for (let tried = 0; tried < webs.length; tried++) {
      const web = webs[turn++ % webs.length]!;
      // The request is answered by its own web, and that answer is lost with it.
      const withheld =
        tellsEngine(req) && faults.isArmed('after-signal-before-answer') ? web.withhold() : undefined;
      try {
        const reply = await ask(web, req, body);
        if (await withheld) return void res.destroy();
        if (reply.status < 400) web.answered(begunAt);
        res.writeHead(reply.status, reply.headers);
        res.end(reply.body);
        return;
      } catch (error) {
        if (error instanceof Refused) continue;
        // It took the request and died: nobody knows what it did.
        return void res.destroy();
      }
    }
    res.writeHead(503).end();
  }

  const server = createServer((req, res) => {
    pass(req, res).catch(() => res.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    serve(given) {
      webs = given;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
