/** Who asks may go before the end: nobody's fault, so no error; but many of them tell of a network that fails. */
import type { Logger } from 'pino';

/** A broken connection; a request that ended early, as Node's parser sees it. */
const WHILE_ANSWERED = /^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE|HPE_INVALID_EOF_STATE)$/;

export type HangUps = ReturnType<typeof createHangUps>;

export function createHangUps(log: Logger) {
  let count = 0;
  function note(): true {
    count++;
    log.info({ hangUps: count }, 'who asked hung up before the end');
    return true;
  }
  return {
    /** How many there were in this process. */
    count: () => count,
    /** True, and counted, when a body ended early. */
    wasWhileReading: (error: unknown): boolean =>
      (error as { type?: unknown }).type === 'request.aborted' && note(),
    /** True, and counted, when the connection broke under an answer. */
    wasWhileAnswered: (error: unknown): boolean =>
      WHILE_ANSWERED.test(String((error as { code?: unknown }).code)) && note(),
  };
}
