/** Reads a line for each process that is to end when whoever started this one is gone: when its standard input ends. */
import { createInterface } from 'node:readline';
import { end, type Noted } from './processes.ts';

const PATIENCE_MS = 3_000;

const watched: { process: Noted; signal: NodeJS.Signals }[] = [];
for await (const line of createInterface({ input: process.stdin })) watched.push(JSON.parse(line));
// Those that ended long ago are known by their time of start.
await Promise.all(watched.map((one) => end(one.process, one.signal, PATIENCE_MS)));
