/** Records each try to send: a row for operators and, when it ends, a count for the metrics. */
import type { MetricMeter } from '@temporalio/common';
import type { Db } from '../db/connect.ts';
import { beginMailTry, beginTry, endTry, type NewTry, type TryEnd } from '../db/sendTries.ts';

export type SendRecords = ReturnType<typeof createSendRecords>;

export function createSendRecords(db: Db, meter: MetricMeter) {
  const sends = meter.createCounter(
    'instap_sends',
    '',
    'Tries to send mails and SMS, by what became of them; reason: the code of the server or provider.',
  );
  const ending =
    (id: string, { channel, kind }: NewTry) =>
    async (end: TryEnd): Promise<void> => {
      await endTry(db, id, end);
      const { outcome, reason = '' } = end;
      sends.add(1, { channel, kind, outcome, reason });
    };
  return {
    /** Records the start of a try; returns a function that records its outcome. */
    async begin(begun: NewTry) {
      return ending(await beginTry(db, begun), begun);
    },
    /** The same for a mail; undefined when the mail server accepted it before. */
    async beginMail(begun: NewTry & { channel: 'mail' }) {
      const id = await beginMailTry(db, begun);
      return id === undefined ? undefined : ending(id, begun);
    },
  };
}
