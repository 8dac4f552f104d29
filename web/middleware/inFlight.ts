/**
 * Limits simultaneous requests per session, link and network in this process. Each request holds one of few database
 * connections, so somebody who sends hundreds at once waits for their own requests and delays nobody else. Never per
 * account, because a stranger could name one.
 */
import type Koa from 'koa';
import { networkOf } from '../../db/network.ts';
import type { Ctx, State, Web } from '../context.ts';
import { clientAddress } from './clientAddress.ts';
import { sessionToken } from './session.ts';

/** Longest wait for a turn, in milliseconds; the same as for a connection. */
const TURN_WITHIN_MS = 5_000;
/** How many may wait for each that runs: a whole company behind one address still fits. */
const WAITING_PER_TURN = 50;

/** Too many simultaneous requests by one client. */
export class TooManyAtOnce extends Error {
  readonly status = 429;
  override message = 'Too many requests at once';
}

type Line = { running: number; waiting: (() => void)[] };

export function createTurns(atOnce: number) {
  const lines = new Map<string, Line>();

  function lineOf(key: string): Line {
    const line = lines.get(key) ?? { running: 0, waiting: [] };
    lines.set(key, line);
    return line;
  }

  /** Resolves when its turn comes; a finished request hands its turn to the next, so nobody overtakes. */
  function wait(line: Line): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        clearTimeout(tooLate);
        resolve();
      };
      const tooLate = setTimeout(() => {
        line.waiting.splice(line.waiting.indexOf(go), 1);
        reject(new TooManyAtOnce());
      }, TURN_WITHIN_MS);
      line.waiting.push(go);
    });
  }

  function leave(key: string, line: Line): void {
    const next = line.waiting.shift();
    if (next) next();
    else line.running--;
    if (line.running === 0) lines.delete(key);
  }

  /** Does `work` as one of at most `atOnce` with this key, in order of arrival. */
  return async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = lineOf(key);
    if (line.running < atOnce) line.running++;
    else if (line.waiting.length >= atOnce * WAITING_PER_TURN) throw new TooManyAtOnce();
    else await wait(line);
    try {
      return await work();
    } finally {
      leave(key, line);
    }
  };
}

/**
 * The start of a link's path, long enough to contain the row's id. `/reset/password` is a page, not a link; a token
 * with an extra character at its end is the same link.
 */
const linkIn = (path: string): string | undefined => /^\/(?:i|reset)\/[\w-]{40}/.exec(path)?.[0];

/** Narrowest limit first: a request waiting for its link does not occupy a place of its network. */
export function inFlight({ config }: Web): Koa.Middleware<State> {
  const links = createTurns(config.LIMIT_AT_ONCE_PER_LINK);
  const sessions = createTurns(config.LIMIT_AT_ONCE_PER_SESSION);
  const networks = createTurns(config.LIMIT_AT_ONCE_PER_NETWORK);
  return (ctx, next) => {
    const link = linkIn(ctx.path);
    const session = sessionToken(ctx as Ctx);
    const ofNetwork = () => networks(networkOf(clientAddress(ctx as Ctx)), next);
    const ofSession = () => (session ? sessions(session, ofNetwork) : ofNetwork());
    return link ? links(link, ofSession) : ofSession();
  };
}
