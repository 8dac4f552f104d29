/** Prometheus metrics of a web process: how long pages take, and which limits refuse requests. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { COUNTERS } from '../db/attempts.ts';
import type { Purpose } from '../db/smsCodes.ts';
import { SMS_LIMITS } from '../db/smsLimits.ts';

/** Upper bounds in seconds: a page takes milliseconds, a password tens of them, a wait for a lock seconds. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What can refuse a request: the counters, and limits counted elsewhere. */
export const LIMITS = [...COUNTERS, ...SMS_LIMITS, 'codes-at-once', 'at-once', 'hashing'] as const;

type Limit = (typeof LIMITS)[number];

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const refusals = new Counter({
    name: 'instap_refusals_total',
    help: 'Requests that a limit turned away, by the limit.',
    labelNames: ['limit'] as const,
    registers,
  });
  // Starts at 0, because a rate needs a value before the first refusal.
  for (const limit of LIMITS) refusals.inc({ limit }, 0);
  return {
    registry,
    refusals,
    requests: new Histogram({
      name: 'instap_request_duration_seconds',
      help: 'Requests by route and status, from their arrival until the answer was out.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: BUCKETS_S,
      registers,
    }),
    codes: new Counter({
      name: 'instap_codes_total',
      help: 'Codes that were entered, by second factor, purpose and verdict.',
      labelNames: ['factor', 'purpose', 'verdict'] as const,
      registers,
    }),
  };
}

/** Counts a refused request. */
export const countRefusal = ({ refusals }: Metrics, limit: Limit): void => refusals.inc({ limit });

type CodeLabels = { factor: 'sms' | 'app'; purpose: Purpose };

/** Counts an entered code by its outcome. */
export function countCode({ codes }: Metrics, labels: CodeLabels, { outcome }: { outcome: string }): void {
  codes.inc({ ...labels, verdict: outcome === 'verified' ? 'right' : outcome });
}

/** Serves them at /metrics, with Node's own. Rejects when the port is taken. */
export async function serveMetrics(
  { registry }: Metrics,
  { port, host }: { port: number; host: string | undefined },
): Promise<{ port: number; stop(): void }> {
  collectDefaultMetrics({ register: registry });
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': registry.contentType }).end(await registry.metrics());
  });
  server.listen(port, host);
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
