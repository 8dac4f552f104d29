/** A record of each try to send: a row for the operator, and counted for the metrics when it ends. */
import type { MetricMeter } from '@temporalio/common';
import type { Db } from '../db/connect.ts';
import { beginTry, endTry, type NewTry, type TryEnd } from '../db/sendTries.ts';

export type SendRecords = ReturnType<typeof createSendRecords>;

export function createSendRecords(db: Db, meter: MetricMeter) {
  const sends = meter.createCounter(
    'instap_sends',
    '',
    'Tries to send mails and SMS, by what became of them; reason: the code of the server or provider.',
  );
  /** Writes that a try begins; returns what writes how it ended. */
  return async (begun: NewTry): Promise<(end: TryEnd) => Promise<void>> => {
    const id = await beginTry(db, begun);
    return async (end) => {
      await endTry(db, id, end);
      const { outcome, reason = '' } = end;
      sends.add(1, { channel: begun.channel, kind: begun.kind, outcome, reason });
    };
  };
}
