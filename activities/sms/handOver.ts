/** Hands an SMS to the provider and records the try. */
import type { NewTry } from '../../db/sendTries.ts';
import type { SendRecords } from '../sendRecords.ts';
import type { OutgoingSms, SmsResult, SmsSender } from './smsSender.ts';
import { SmsNotTaken } from './twilioFailure.ts';

export type SmsHandover = ReturnType<typeof createSmsHandover>;

export function createSmsHandover({
  beginTry,
  smsSender,
}: {
  beginTry: SendRecords['begin'];
  smsSender: SmsSender;
}) {
  /**
   * `write`: writes the result to the row of the SMS, before the try is recorded as ended. `notTaken`: writes to it
   * when the SMS is to be retried; the error is then thrown.
   */
  return async <Written>(
    sms: OutgoingSms,
    { personId, kind }: Pick<NewTry & { channel: 'sms' }, 'personId' | 'kind'>,
    { write, notTaken }: { write: (outcome: SmsResult) => Promise<Written>; notTaken?: () => Promise<void> },
  ): Promise<Written> => {
    const endTry = await beginTry({ personId, channel: 'sms', kind, subjectId: sms.id });
    const outcome = await smsSender.send(sms).catch(async (error) => {
      const reason = error instanceof SmsNotTaken ? error.reason : 'fault';
      await endTry({ outcome: 'failed', reason });
      await notTaken?.();
      throw error;
    });
    const written = await write(outcome);
    await endTry(
      'refused' in outcome ? { outcome: 'refused', reason: outcome.reason } : { outcome: 'accepted' },
    );
    return written;
  };
}
