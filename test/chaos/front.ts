/** A proxy before the web processes: one address, which takes them in turn and skips dead ones. */
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
  /** Called for each success with the time of its request. */
  answered: (begunAt: number) => void;
  /** The answer to the current request waits for this. True: this web was killed, and the answer is lost. */
  withhold: () => Promise<boolean>;
};

type Reply = { status: number; headers: IncomingMessage['headers']; body: Buffer };

/** A step by a person, or a sender's call about one. */
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
      // Its own web answers the request, and that answer is lost with it.
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
        // It accepted the request and died: nobody knows what it did.
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
