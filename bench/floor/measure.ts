/** Measures the floor on the same Temporal, against the same stand-ins. */
import path from 'node:path';
import { cpuMsOfParts } from '../cpu.ts';
import { closedLoop } from '../load.ts';
import { type BenchService, bundleInto } from '../service.ts';
import { goThroughFloor } from './drive.ts';

export type Floor = {
  atOnce: number;
  perSecond: number;
  /** Per person, in milliseconds; `temporal` includes its database. */
  cpuMs: { worker: number; temporal: number };
};

const WARM_UP = 8;

/** One result for each of `atOnce`. */
export async function measureFloor(
  service: BenchService,
  { atOnce, people }: { atOnce: number[]; people: number },
): Promise<Floor[]> {
  const FLOOR_BUNDLE = await bundleInto(service.folder, path.join(import.meta.dirname, 'workflow.ts'));
  const program = path.join(import.meta.dirname, 'worker.ts');
  const worker = await service.start(program, 'floor ready', { FLOOR_BUNDLE });
  await closedLoop({ atOnce: WARM_UP, people: WARM_UP }, () => goThroughFloor(service));
  const measured: Floor[] = [];
  for (const size of atOnce) measured.push(await measureOnce(service, { worker, atOnce: size, people }));
  return measured;
}

async function measureOnce(
  service: BenchService,
  { worker, atOnce, people }: { worker: number; atOnce: number; people: number },
): Promise<Floor> {
  const parts = { pids: { ...service.pids, worker: [worker] } };
  const before = cpuMsOfParts(parts);
  const { ms } = await closedLoop({ atOnce, people }, () => goThroughFloor(service));
  const after = cpuMsOfParts(parts);
  const cpuOf = (part: 'worker' | 'temporal') => (after[part] - before[part]) / people;
  return {
    atOnce,
    perSecond: (people * 1000) / ms,
    cpuMs: { worker: cpuOf('worker'), temporal: cpuOf('temporal') },
  };
}
