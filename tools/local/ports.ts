/** Which TCP ports are free. */
import { connect, createServer } from 'node:net';
import { claimPort } from './portClaims.ts';

const HOW_FAR = 50;
const CONNECT_WITHIN_MS = 1_000;

/** A port chosen by the system; free at this moment. */
export const anyFreePort = (): Promise<number> =>
  tryPort(0).then((port) => port ?? Promise.reject(new Error('no free port')));

/**
 * The first free port from `wanted` on; each is returned once, even when several processes choose at the same time.
 * With `exact`, undefined when `wanted` itself is taken.
 */
export async function freePort(wanted: number, { exact = false } = {}): Promise<number | undefined> {
  for (let port = wanted; port < wanted + (exact ? 1 : HOW_FAR); port++)
    if ((await tryPort(port)) !== undefined && claimPort(port)) return port;
  return undefined;
}

/** Whether anything accepts connections on `address` (`host:port`). */
export function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: CONNECT_WITHIN_MS });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.on('connect', () => answer(true));
    socket.on('error', () => answer(false));
    socket.on('timeout', () => answer(false));
  });
}

/** Listens on every address, so that a port taken on any of them counts as taken. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(undefined));
    server.listen(port, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
