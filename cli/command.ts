/** What every command of the command line gets, how it is audited, and how it refuses. */
import { userInfo } from 'node:os';
import type { Client } from '@temporalio/client';
import { audit, withSource } from '../db/audit.ts';
import type { Db } from '../db/connect.ts';
import type { Config } from '../processes/config.ts';

export type Tools = {
  /** What is written by it says by which command, and by whom. */
  db: Db;
  config: Config;
  /** Connects to the engine at its first use; throws in words when it does not answer. */
  engine: () => Promise<Client>;
};

export type Command = {
  /** As it is typed; the last word, in capitals, is what is given to `run`. */
  words: string;
  does: string;
  run: (tools: Tools, given: string) => Promise<void>;
};

/**
 * Runs a command, which the audit has before anything is done or shown: without it nothing is. What was typed is not
 * written down, because it may be an address; whom it is about `findPeople` writes.
 */
export async function runAudited(command: Command, tools: Tools, given: string): Promise<void> {
  const db = withSource(tools.db, { command: command.words, operator: operator() });
  await audit(db, { event: 'command.run' });
  await command.run({ ...tools, db }, given);
}

/** As the operating system knows it; in a container it may know a number only. */
function operator(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

/** gRPC: the engine does not understand what it was asked. */
export const INVALID_ARGUMENT = 3;

/** An expected refusal: the reason on stderr, and exit code 1. */
export function refuse(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}
