/** Counts the statements that this process sends to PostgreSQL, and which request to web each belongs to. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import pg from 'pg';

/** `route`: method and path, without what belongs to one person. */
export type CountedRequest = { route: string; statements: string[]; answered: boolean };

export type Counted = {
  requests: CountedRequest[];
  /** In a request or beside it. */
  statements: string[];
  transactions: number;
};

export type StatementCounter = {
  /** Since the last reset. */
  counted: Counted;
  reset(): void;
  /** What the test itself asks is not counted. */
  uncounted<T>(work: () => Promise<T>): Promise<T>;
  stop(): void;
};

const BEGIN = /^begin\b/i;
const BOUNDARY = /^(begin|commit|rollback)\b/i;
/** Said once on each new connection. */
const SET_UP = /^set statement_timeout\b/i;
/** Reading and deleting outbox rows: that is done beside the request that wrote one, and nobody waits for it. */
const isDispatch = (text: string): boolean => /\boutbox\b/.test(text) && !/\binsert into "outbox"/.test(text);

const routeOf = ({ method, url = '' }: IncomingMessage): string =>
  `${method} ${url.split('?')[0]!.replace(/\/[\w-]{30,}/g, '/…')}`;

/** `port`: where web listens in this process. */
export function countStatements(port: number): StatementCounter {
  const counted: Counted = { requests: [], statements: [], transactions: 0 };
  const current = new AsyncLocalStorage<CountedRequest | 'uncounted'>();
  const byMessage = new WeakMap<IncomingMessage, CountedRequest>();

  function startRequest(event: unknown): void {
    const { request } = event as { request: IncomingMessage };
    if (request.socket.localPort !== port) return;
    const one = { route: routeOf(request), statements: [], answered: false };
    counted.requests.push(one);
    byMessage.set(request, one);
    current.enterWith(one);
  }

  function endRequest(event: unknown): void {
    const one = byMessage.get((event as { request: IncomingMessage }).request);
    if (one) one.answered = true;
  }

  function count(text: string): void {
    const source = current.getStore();
    if (source === 'uncounted') return;
    if (BEGIN.test(text)) counted.transactions++;
    if (BOUNDARY.test(text) || SET_UP.test(text)) return;
    counted.statements.push(text);
    if (!isDispatch(text)) source?.statements.push(text);
  }

  const stopListening = listenToQueries(count);
  subscribe('http.server.request.start', startRequest);
  subscribe('http.server.response.finish', endRequest);
  return {
    counted,
    reset: () => Object.assign(counted, { requests: [], statements: [], transactions: 0 }),
    uncounted: (work) => current.run('uncounted', work),
    stop() {
      stopListening();
      unsubscribe('http.server.request.start', startRequest);
      unsubscribe('http.server.response.finish', endRequest);
    },
  };
}

/** Every connection of this process goes through the driver's class. */
function listenToQueries(listener: (text: string) => void): () => void {
  const { prototype } = pg.Client;
  const { query } = prototype;
  prototype.query = function (this: pg.Client, ...args: Parameters<typeof query>) {
    const [given] = args as unknown as [string | { text: string }];
    listener(typeof given === 'string' ? given : given.text);
    return query.apply(this, args);
  } as typeof query;
  return () => {
    prototype.query = query;
  };
}
