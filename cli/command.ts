/** What every command receives, how it is audited, and how it refuses. */
import { userInfo } from 'node:os';
import type { Client } from '@temporalio/client';
import { audit, withSource } from '../db/audit.ts';
import type { Db } from '../db/connect.ts';
import type { Config } from '../processes/config.ts';

export type Tools = {
  /** Its audit entries name the command and the operator. */
  db: Db;
  config: Config;
  /** Connects to Temporal at first use; throws a readable message when Temporal does not answer. */
  engine: () => Promise<Client>;
};

export type Command = {
  /** As typed; the last word, in capitals, is passed to `run`. */
  words: string;
  does: string;
  run: (tools: Tools, given: string) => Promise<void>;
};

/**
 * Runs a command after auditing it: without the audit entry nothing is done or shown. The argument is not stored,
 * because it may be an address; `findPeople` audits the people it is about.
 */
export async function runAudited(command: Command, tools: Tools, given: string): Promise<void> {
  const db = withSource(tools.db, { command: command.words, operator: operator() });
  await audit(db, { event: 'command.run' });
  await command.run({ ...tools, db }, given);
}

/** The user name from the operating system; in a container there may only be a number. */
function operator(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

/** gRPC: Temporal does not understand the request. */
export const INVALID_ARGUMENT = 3;

/** An expected refusal: the reason on stderr, and exit code 1. */
export function refuse(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}
