/** CPU time and memory of processes, as Linux counts them (proc(5)). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type BenchService, PARTS, type Part } from './service.ts';

const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Positions after the command's name: the parent, and ticks used by the process and its ended children. */
const PARENT = 1;
const USED = [11, 12, 13, 14];

/** The fields after the command's name, which may hold spaces and parentheses; undefined when the process has ended. */
function fieldsOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const parent = Number(fieldsOf(pid)?.[PARENT]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
}

/** CPU time of a process, its living children and its ended ones, in milliseconds. */
export function cpuMsOf(pid: number, children = childrenByParent()): number {
  const fields = fieldsOf(pid) ?? [];
  const own = USED.reduce((sum, place) => sum + Number(fields[place] ?? 0), 0) * TICK_MS;
  return (children.get(pid) ?? []).reduce((sum, child) => sum + cpuMsOf(child, children), own);
}

export function cpuMsOfParts({ pids }: Pick<BenchService, 'pids'>): Record<Part, number> {
  const sums = PARTS.map((part) => [part, pids[part].reduce((sum, pid) => sum + cpuMsOf(pid), 0)]);
  return Object.fromEntries(sums);
}

export type Memory = { now: number; peak: number };

/** Resident memory of one process, in megabytes. */
export function rssMbOf([pid]: number[]): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
