/** A terminal that shows one page of lines and updates it in place. */

export type Screen = Pick<NodeJS.WriteStream, 'rows' | 'columns'> & {
  write: (text: string) => unknown;
};

/** xterm and compatible terminals: the alternate screen, so that the earlier contents come back. */
const SECOND_SCREEN = { begin: '\x1b[?1049h', end: '\x1b[?1049l' };
/** ECMA-48: move to the top left, clear the rest of the line, and clear everything below. */
const HOME = '\x1b[H';
const EMPTY_LINE = '\x1b[K';
const EMPTY_BELOW = '\x1b[J';

/** For a terminal that reports size 0. */
const DEFAULT_SIZE = { rows: 24, columns: 80 };

/** Gives `show` the whole terminal until it is done. */
export async function withWholeScreen(screen: Screen, show: () => Promise<void>): Promise<void> {
  screen.write(SECOND_SCREEN.begin);
  try {
    await show();
  } finally {
    screen.write(SECOND_SCREEN.end);
  }
}

/** Replaces the contents. What does not fit is left out, and a line says how much. */
export function showOn(screen: Screen, lines: string[]): void {
  const page = fitted(lines, screen);
  screen.write(`${HOME}${page.map((line) => `${line}${EMPTY_LINE}\n`).join('')}${EMPTY_BELOW}`);
}

/** A line wider than the screen takes several rows; the last row is for the cursor. */
function fitted(lines: string[], screen: Screen): string[] {
  const [rows, columns] = [screen.rows || DEFAULT_SIZE.rows, screen.columns || DEFAULT_SIZE.columns];
  const height = (line: string) => Math.max(1, Math.ceil(line.length / columns));
  let left = rows - 1;
  const whole = lines.reduce((sum, line) => sum + height(line), 0) <= left;
  if (whole) return lines;
  left -= 1;
  const page: string[] = [];
  for (const line of lines) {
    left -= height(line);
    if (left < 0) break;
    page.push(line);
  }
  return [...page, `… ${lines.length - page.length} more lines: make the window larger`];
}
