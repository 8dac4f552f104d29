/** Reads a line for each process to end and each folder to remove, once its standard input closes: its parent is gone. */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { end, type Noted } from './processes.ts';

const PATIENCE_MS = 3_000;
/** Who writes into a folder may take a moment to end. */
const REMOVAL = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 } as const;

export type Watched = { process: Noted; signal: NodeJS.Signals } | { folder: string };

const watched: Watched[] = [];
for await (const line of createInterface({ input: process.stdin })) watched.push(JSON.parse(line));
// Those that ended long ago are recognised by their start time.
await Promise.all(watched.map((one) => 'process' in one && end(one.process, one.signal, PATIENCE_MS)));
for (const one of watched) if ('folder' in one) rmSync(one.folder, REMOVAL);
