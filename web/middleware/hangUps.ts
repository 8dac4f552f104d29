/** Clients may disconnect early. That is nobody's fault and no error, but many of them point to a network failure. */
import type { Logger } from 'pino';

/** Error codes of a broken connection, or of a request that ended early according to Node's parser. */
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
    /** Whether a request's body ended early; counts it if so. */
    wasWhileReading: (error: unknown): boolean =>
      (error as { type?: unknown }).type === 'request.aborted' && note(),
    /** Whether the connection broke during an answer; counts it if so. */
    wasWhileAnswered: (error: unknown): boolean =>
      WHILE_ANSWERED.test(String((error as { code?: unknown }).code)) && note(),
  };
}
