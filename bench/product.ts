/**
 * Everything the benchmark uses of Instap: the scripts of its package.json, and the tools that start PostgreSQL and
 * Temporal. If those move, only this file changes.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export { startPart } from '../tools/local/childProcesses.ts';
export { endWithUs } from '../tools/local/endWithUs.ts';
export { anyFreePort, freePort } from '../tools/local/ports.ts';
export { startPostgres } from '../tools/local/postgres.ts';
export { startTemporal } from '../tools/local/temporal.ts';
export { cacheFolder, findTemporal } from '../tools/local/temporalCli.ts';

export const ROOT = path.join(import.meta.dirname, '..');

/** What the processes print once they are ready. */
export const READY = { web: 'web ready', worker: 'worker ready', start: 'Instap is ready' };

/** SQL: the id of a person who finished. */
export const FINISHED_PERSON =
  "select person_id as id from onboarding where status = 'completed' order by created_at desc limit 1";

/** The arguments `npm run SCRIPT` passes to node, with absolute paths; undefined when `product` has no such script. */
export function argumentsOfScript(product: string, script: string): string[] | undefined {
  const { scripts } = JSON.parse(readFileSync(path.join(product, 'package.json'), 'utf8'));
  const command: string | undefined = scripts[script];
  return command?.split(' ').slice(1);
}

/** The file that `npm run SCRIPT` finally runs. */
export function programOf(product: string, script: string): string {
  const program = argumentsOfScript(product, script)?.at(-1);
  if (!program) throw new Error(`package.json of ${product} has no script "${script}"`);
  return path.join(product, program);
}
