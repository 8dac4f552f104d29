/** Reads a line for each process to end, and ends them when its standard input closes because its parent is gone. */
import { createInterface } from 'node:readline';
import { end, type Noted } from './processes.ts';

const PATIENCE_MS = 3_000;

const watched: { process: Noted; signal: NodeJS.Signals }[] = [];
for await (const line of createInterface({ input: process.stdin })) watched.push(JSON.parse(line));
// Those that ended long ago are recognised by their start time.
await Promise.all(watched.map((one) => end(one.process, one.signal, PATIENCE_MS)));
