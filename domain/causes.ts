/** Describes an error for a log line: the error and everything that caused it, without personal data. */

/** Deeper causes add nothing. */
const DEEPEST = 8;

/** gRPC's names for its status codes: https://grpc.io/docs/guides/status-codes/ */
const GRPC = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'],
  ...['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

/** Fields that the drivers add to an error. */
type Told = Error & {
  code?: string | number;
  details?: string;
  severity?: string;
  constraint?: string;
  table?: string;
};

/** `error` and its causes on one line, innermost last: `ServiceError: … ← gRPC UNAVAILABLE (14): …`. */
export function causesOf(error: unknown): string {
  const said: string[] = [];
  let next = error;
  while (next !== undefined && next !== null && said.length < DEEPEST) {
    const words = wordsOf(next);
    if (words !== said.at(-1)) said.push(words);
    next = next instanceof Error ? (next.cause ?? firstOf(next)) : undefined;
  }
  return said.join(' ← ');
}

/** Only the frames of the stack: the message above them may contain anything. */
export function framesOf(error: unknown): string | undefined {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => /^ {4}at /.test(line)).join('\n') || undefined;
}

/** Of several simultaneous attempts (a host with two addresses), the first is enough. */
const firstOf = (error: Error): unknown => (error instanceof AggregateError ? error.errors[0] : undefined);

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return withoutPersons(String(error));
  const { name, message, code, details, severity, constraint, table } = error as Told;
  if (typeof code === 'number' && details !== undefined)
    return withoutPersons(`gRPC ${GRPC[code] ?? 'code'} (${code}): ${details}`);
  // PostgreSQL's message repeats values, and the driver puts the statement before it.
  if (severity !== undefined) return [`PostgreSQL ${code}`, constraint ?? table].filter(Boolean).join(' at ');
  const known = typeof code === 'string' && !message.includes(code) ? ` (${code})` : '';
  return withoutPersons(`${name}: ${message}${known}`);
}

/** Removes addresses, phone numbers, link tokens, and quoted text from messages that others wrote. */
const withoutPersons = (words: string): string =>
  words
    .replace(/\s+/g, ' ')
    .replace(/[^\s<>"']+@[^\s<>"']+/g, '…')
    .replace(/\+\d[\d ()-]{6,}\d/g, '…')
    .replace(/\/(i|reset)\/[\w-]+/g, '/$1/…');
