/** What went wrong, for a line of the log: the error with all that caused it, and nothing about a person. */

/** An error deeper than this says nothing new. */
const DEEPEST = 8;

/** gRPC's names of its codes: https://grpc.io/docs/guides/status-codes/ */
const GRPC = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'],
  ...['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

/** What the drivers add to an error. */
type Told = Error & {
  code?: string | number;
  details?: string;
  severity?: string;
  constraint?: string;
  table?: string;
};

/** `error` and its causes in one line, the innermost last: `ServiceError: … ← gRPC UNAVAILABLE (14): …`. */
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

/** The frames of the stack alone: above them stands the message, which may hold anything. */
export function framesOf(error: unknown): string | undefined {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => /^ {4}at /.test(line)).join('\n') || undefined;
}

/** Of several tries at once (a host with two addresses) the first tells enough. */
const firstOf = (error: Error): unknown => (error instanceof AggregateError ? error.errors[0] : undefined);

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return withoutPersons(String(error));
  const { name, message, code, details, severity, constraint, table } = error as Told;
  if (typeof code === 'number' && details !== undefined)
    return withoutPersons(`gRPC ${GRPC[code] ?? 'code'} (${code}): ${details}`);
  // PostgreSQL repeats values in its words, and the driver puts the statement before them.
  if (severity !== undefined) return [`PostgreSQL ${code}`, constraint ?? table].filter(Boolean).join(' at ');
  const known = typeof code === 'string' && !message.includes(code) ? ` (${code})` : '';
  return withoutPersons(`${name}: ${message}${known}`);
}

/** Addresses, telephone numbers, links with their token, and what stands in quotes in a message that others wrote. */
const withoutPersons = (words: string): string =>
  words
    .replace(/\s+/g, ' ')
    .replace(/[^\s<>"']+@[^\s<>"']+/g, '…')
    .replace(/\+\d[\d ()-]{6,}\d/g, '…')
    .replace(/\/(i|reset)\/[\w-]+/g, '/$1/…');
