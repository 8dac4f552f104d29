/** What every command of the command line gets, and how it refuses. */
import type { Client } from '@temporalio/client';
import type { Db } from '../db/connect.ts';
import type { Config } from '../processes/config.ts';

export type Tools = {
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

/** gRPC: the engine does not understand what it was asked. */
export const INVALID_ARGUMENT = 3;

/** An expected refusal: the reason on stderr, and exit code 1. */
export function refuse(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}
