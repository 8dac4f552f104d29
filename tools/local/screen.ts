/** The output of `npm start`: one short line per event, with the seconds since the start. */
const begun = performance.now();
const REPEAT_AFTER_MS = 10_000;
const lastSaid = new Map<string, number>();

// The terminal may close before us, which must not keep us from stopping everything.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

export const seconds = (): string => `${((performance.now() - begun) / 1_000).toFixed(1)} s`;

/** `  PostgreSQL   0.8 s   ready`. A repeat of the same line within ten seconds is left out. */
export function say(part: string, text: string): void {
  const line = `${part}: ${text}`;
  if (performance.now() - (lastSaid.get(line) ?? Number.NEGATIVE_INFINITY) < REPEAT_AFTER_MS) return;
  lastSaid.set(line, performance.now());
  console.log(`  ${part.padEnd(11)} ${seconds().padStart(7)}   ${text}`);
}

/** The short form of a warning or error in a pino log line; undefined for everything else. */
export function warning(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, msg, err } = JSON.parse(line);
    if (!(level >= WARN)) return undefined;
    return `${level >= ERROR ? 'error' : 'warning'}: ${[msg, err?.message].filter(Boolean).join(': ')}`;
  } catch {
    return undefined;
  }
}

/** pino's numeric levels. */
const WARN = 40;
const ERROR = 50;
