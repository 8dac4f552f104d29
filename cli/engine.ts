/** What waits between the database and Temporal, and what an operator looks for in Temporal. */
import pino from 'pino';
import { type Waiting, waitingInOutbox } from '../db/outbox.ts';
import { createReconciliation } from '../outbox/reconcile.ts';
import { filterLink, filters } from '../workflows/filters.ts';
import { type Command, refuse } from './command.ts';
import { failingRuns } from './failingWorkflows.ts';
import { table } from './table.ts';

const seconds = (s: number) => `${Math.round(s)} s`;

const waitingRow = ({ workflow, signal, count, oldestS, tries, nextTryS }: Waiting) => [
  workflow,
  signal ?? '-',
  String(count),
  `${seconds(oldestS)} ago`,
  String(tries),
  nextTryS > 0 ? `in ${seconds(nextTryS)}` : 'now',
];

export const ENGINE_COMMANDS: Command[] = [
  {
    words: 'outbox',
    does: 'show what Temporal has not been told yet: how much, for how long, how often tried',
    async run({ db }) {
      const waiting = await waitingInOutbox(db);
      if (waiting.length === 0) return console.log('nothing waits');
      const head = ['workflow', 'signal', 'waiting', 'oldest', 'tries', 'next try'];
      console.log(table([head, ...waiting.map(waitingRow)]));
    },
  },
  {
    words: 'reconcile',
    does: 'start again every workflow that should be running and is not',
    async run({ db, config, engine }) {
      const log = pino({ level: 'silent' });
      const done = await createReconciliation({ db, engine: await engine(), config, log })();
      if ('refused' in done) return refuse('a worker is already doing this');
      const { shouldRun, started } = done;
      console.log(`${shouldRun} should be running, ${started} were not${started ? ': started again' : ''}`);
    },
  },
  {
    words: 'failing-workflows',
    does: 'list the runs whose workflow task fails: a bug, to be fixed by a release',
    async run({ config, engine }) {
      const { TEMPORAL_TASK_QUEUE: taskQueue, temporal } = config;
      const { namespace } = temporal;
      let found = 0;
      for await (const run of failingRuns(await engine(), { taskQueue, namespace })) {
        found += 1;
        const since = run.since.toISOString().slice(0, 19).replace('T', ' ');
        console.log(`${run.workflowId}\n  ${run.attempts} attempts since ${since} UTC: ${run.reason}`);
      }
      console.log(found ? `${found} fail` : 'none fails');
    },
  },
  {
    words: 'filters',
    does: 'print ready-made filters for the Temporal UI, with links if TEMPORAL_UI_URL is set',
    async run({ config }) {
      const { TEMPORAL_UI_URL: ui, temporal } = config;
      const { namespace } = temporal;
      for (const filter of filters(new Date(), config.TIME_ZONE, config.DAY_LASTS)) {
        const link = ui ? `\n  ${filterLink(filter, { ui, namespace })}` : '';
        console.log(`${filter.name}: ${filter.does}\n  ${filter.query}${link}`);
      }
    },
  },
];
