/**
 * Makes Temporal agree with the database: restarts runs that Temporal has lost, with everything kept, and updates runs
 * that were reset or no longer receive signals. The worker runs this at start, at intervals and when Temporal is back;
 * operators run it by command.
 */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Db } from '../db/connect.ts';
import { putUnfinishedInOutbox, unfinished, withAdvisoryLock } from '../db/unfinished.ts';
import type { Config } from '../processes/config.ts';
import { OnboardingVersion } from '../workflows/searchAttributes.ts';
import { runsOf, WORKFLOW_ID } from '../workflows/signals.ts';
import { registerSearchAttributes } from './registerSearchAttributes.ts';

/** How long Temporal may take to list all running workflows, in milliseconds. */
const LIST_WITHIN_MS = 60_000;

/** How many lost runs the log names. */
const NAMED = 10;

/** `started`: were not running. `outdated`: were running, but showed another version than the database. */
type Counts = { shouldRun: number; started: number; outdated: number };

export type Reconciled = Counts | { refused: 'busy' };

/**
 * `reconcile` resolves when everything missing is in the outbox, from where the poller starts it; `busy`: another process
 * is reconciling now. It throws when Temporal is away.
 *
 * Temporal's list lags slightly. A run that just started may be sent what it already knows, which is harmless; one that
 * was just lost may still be listed, and is found the next time.
 */
export function createReconciliation(given: { db: Db; engine: Client; config: Config; log: Logger }) {
  const { db, engine, config, log } = given;
  const { namespace } = config.temporal;

  /** Every running workflow; for onboardings with the version that it shows. */
  async function runningVersions(): Promise<Map<string, number | undefined>> {
    const versions = new Map<string, number | undefined>();
    const query = `${runsOf(config.TEMPORAL_TASK_QUEUE)} AND ExecutionStatus = 'Running'`;
    for await (const { workflowId, typedSearchAttributes } of engine.workflow.list({ query }))
      versions.set(workflowId, typedSearchAttributes.get(OnboardingVersion));
    return versions;
  }

  async function tellWhatIsMissing(): Promise<Counts> {
    const running = await engine.connection.withDeadline(Date.now() + LIST_WITHIN_MS, async () => {
      // If Temporal lost everything, these are gone too, and every run would fail without them.
      await registerSearchAttributes(engine.connection, namespace);
      return runningVersions();
    });
    const since = {
      notice: config.MAIL_DELAYED_AFTER + config.MAIL_RETRY_FOR,
      signInCode: config.SMS_CODE_TTL,
    };
    const counts: Counts = { shouldRun: 0, started: 0, outdated: 0 };
    const workflowIds: string[] = [];
    for await (const { workflow, rows } of unfinished(db, since)) {
      const workflowId = (id: string) => WORKFLOW_ID[workflow](id);
      const lost = rows.filter(({ id }) => !running.has(workflowId(id)));
      workflowIds.push(...lost.map(({ id }) => workflowId(id)));
      const outdated = rows.filter(
        ({ id, version }) => running.has(workflowId(id)) && running.get(workflowId(id)) !== version,
      );
      counts.shouldRun += rows.length;
      counts.started += await putUnfinishedInOutbox(db, { workflow, ids: lost.map(({ id }) => id) });
      counts.outdated += await putUnfinishedInOutbox(db, { workflow, ids: outdated.map(({ id }) => id) });
    }
    if (counts.started > 0)
      log.warn(
        { ...counts, workflowIds: workflowIds.slice(0, NAMED) },
        'runs were lost and are started again',
      );
    return counts;
  }

  return async function reconcile(): Promise<Reconciled> {
    return (await withAdvisoryLock(db, tellWhatIsMissing)) ?? { refused: 'busy' };
  };
}
