/**
 * Statements that PostgreSQL keeps under a name, so that each is parsed and planned once for a connection. Not behind a
 * pooler: what one connection keeps another one does not know.
 */

/** What is used of the driver's connection. */
export type Connection = {
  processID: number;
  query(text: string, done: (error: Error | null, results: { rows: { pid: number }[] }[]) => void): void;
};

type Statement = { text?: string; name?: string; values?: unknown[] };
type Done = (error: (Error & { code?: string }) | null, result?: unknown) => void;
type Driver = { query: (statement: Statement, done: Done) => unknown };

/** Texts that have a name, at most: lists of ids make as many texts as there are lengths. */
const MOST_NAMES = 400;
/** SQLSTATE: what a kept statement gives has other columns than when it was kept. */
export const TABLES_CHANGED = '0A000';

export type StatementNames = ReturnType<typeof createStatementNames>;

export function createStatementNames() {
  let generation = 0;
  const names = new Map<string, string>();
  return {
    /** Undefined: it is not worth one. */
    of(text: string): string | undefined {
      const known = names.get(text);
      if (known || names.size >= MOST_NAMES) return known;
      const name = `s${generation}_${names.size}`;
      names.set(text, name);
      return name;
    },
    /** A migration changed tables under a running process: from now on every statement is kept anew, on every connection. */
    forget(): void {
      generation += 1;
      names.clear();
    },
  };
}

/** Gives each statement with values that is sent on this connection its name. */
export function keepStatements(connection: object, names: StatementNames): void {
  const driver = connection as Driver;
  const drivers = Object.getPrototypeOf(driver) as Driver;
  driver.query = (statement, done) => {
    if (!statement?.text || !statement.values?.length) return drivers.query.call(driver, statement, done);
    const named = { ...statement, name: names.of(statement.text) };
    return drivers.query.call(driver, named, (error, result) => {
      if (error?.code === TABLES_CHANGED) names.forget();
      done(error, result);
    });
  };
}
