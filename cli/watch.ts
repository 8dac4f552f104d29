/** Shows live in the terminal who is stuck: the people that the filter "stuck" finds in the Temporal UI. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  type WorkflowExecutionInfo,
} from '@temporalio/client';
import type { Config } from '../processes/config.ts';
import { describeEngineFailure } from '../processes/starting.ts';
import { filters, runLink } from '../workflows/filters.ts';
import {
  CLOSED_SIGN_IN_PROBLEM_WORDS,
  NOTICE_PROBLEM_WORDS,
  PROBLEM_WORDS,
} from '../workflows/operatorView.ts';
import { OnboardingProblem, OnboardingSince, OnboardingStep } from '../workflows/searchAttributes.ts';
import { runsOf } from '../workflows/signals.ts';
import { type Command, INVALID_ARGUMENT, refuse, type Tools } from './command.ts';
import { type Screen, showOn, withWholeScreen } from './screen.ts';

const REFRESH_EVERY_MS = 5_000;
/** Time limit of one request to Temporal, in milliseconds. */
const ANSWER_WITHIN_MS = 5_000;
const NOT_REGISTERED = `Temporal does not know ${OnboardingProblem.name} yet: a worker registers it when it starts`;
/** Of more than these only the number is said. */
const READ_AT_MOST = 1_000;

type Stuck = { title: string; whatToDo: string; step: string; since: Date; place: string };

/** `total` may exceed the number read. */
type Look = { total: number; stuck: Stuck[] };

/** By workflow type; `of` distinguishes a problem from an onboarding's of the same name. */
const KINDS: Record<string, { of: string; words: Record<string, string> }> = {
  onboarding: { of: '', words: PROBLEM_WORDS },
  messageNotice: { of: ', of a message notice', words: NOTICE_PROBLEM_WORDS },
  closedSignIn: { of: '', words: CLOSED_SIGN_IN_PROBLEM_WORDS },
};

function stuckOf(run: WorkflowExecutionInfo, { TEMPORAL_UI_URL: ui, temporal }: Config): Stuck {
  const { workflowId, runId, type, startTime, typedSearchAttributes: shown } = run;
  const problem = shown.get(OnboardingProblem) ?? '';
  const kind = KINDS[type];
  return {
    title: `${problem}${kind?.of ?? ''}`,
    // Any kind can have an internal error. Emphasis is for the Temporal UI.
    whatToDo: ({ ...PROBLEM_WORDS, ...kind?.words }[problem] ?? '').replaceAll('*', ''),
    step: shown.get(OnboardingStep) ?? 'finished',
    since: shown.get(OnboardingSince) ?? startTime,
    place: ui ? runLink({ workflowId, runId }, { ui, namespace: temporal.namespace }) : workflowId,
  };
}

/** Who is stuck now, longest at their step first. */
async function look({ connection, workflow }: Client, config: Config): Promise<Look> {
  const { query } = filters(new Date(), config.TIME_ZONE).find(({ name }) => name === 'stuck')!;
  const here = `(${query}) AND ${runsOf(config.TEMPORAL_TASK_QUEUE)}`;
  return connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, async () => {
    const stuck: Stuck[] = [];
    for await (const run of workflow.list({ query: here })) {
      stuck.push(stuckOf(run, config));
      if (stuck.length === READ_AT_MOST) break;
    }
    stuck.sort((a, b) => a.since.getTime() - b.since.getTime());
    const isAll = stuck.length < READ_AT_MOST;
    return { total: isAll ? stuck.length : (await workflow.count(here)).count, stuck };
  });
}

const LARGEST_UNITS: [name: string, ms: number][] = [
  ['days', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

function lasting(ms: number): string {
  const [name, unit] = LARGEST_UNITS.find(([, length]) => ms >= 2 * length) ?? ['s', 1_000];
  return `${Math.max(0, Math.floor(ms / unit))} ${name}`;
}

const minute = (at: Date) => at.toISOString().slice(0, 16).replace('T', ' ');

/** Grouped by problem, with the advice once for each. */
function asLines({ total, stuck }: Look, now: Date): string[] {
  if (total === 0) return ['nobody is stuck'];
  const line = ({ step, since, place }: Stuck) =>
    `  ${step.padEnd(10)}since ${minute(since)} UTC (${lasting(now.getTime() - since.getTime())})  ${place}`;
  const groups = [...Map.groupBy(stuck, ({ title }) => title)].flatMap(([title, those]) => [
    '',
    `${title} (${those.length}). ${those[0]!.whatToDo}`,
    ...those.map(line),
  ]);
  const unread = total > stuck.length ? [`… and ${total - stuck.length} more`] : [];
  return [total === 1 ? '1 is stuck' : `${total} are stuck`, ...groups, ...unread];
}

type Seen = { lines: string[] } | { away: string };

async function see(engine: Client, config: Config): Promise<Seen> {
  try {
    return { lines: asLines(await look(engine, config), new Date()) };
  } catch (error) {
    const cause = error instanceof ServiceError ? error.cause : error;
    if (!isGrpcServiceError(cause)) throw error;
    return {
      away: cause.code === INVALID_ARGUMENT ? NOT_REGISTERED : describeEngineFailure(cause, config.temporal),
    };
  }
}

type Watched = { engine: Client; config: Config; screen: Screen };
type Live = Watched & { stop: AbortSignal; refreshEveryMs: number };

/** Refreshes the page until `stop`. */
export function watchLive({ engine, config, screen, stop, refreshEveryMs }: Live): Promise<void> {
  return withWholeScreen(screen, async () => {
    while (!stop.aborted) {
      const seen = await see(engine, config);
      const at = `${new Date().toISOString().slice(11, 19)} UTC, every ${refreshEveryMs / 1_000} s. Ctrl-C to stop`;
      showOn(screen, [at, ...('away' in seen ? [seen.away] : seen.lines)]);
      await wait(refreshEveryMs, undefined, { signal: stop }).catch(() => undefined);
    }
  });
}

async function watchOnce({ engine, config, screen }: Watched): Promise<void> {
  const seen = await see(engine, config);
  if ('away' in seen) refuse(seen.away);
  else screen.write(`${seen.lines.join('\n')}\n`);
}

async function watch({ engine, config }: Tools): Promise<void> {
  const watched = { engine: await engine(), config, screen: process.stdout };
  // Output to a program or a file is printed once and ends.
  if (!process.stdout.isTTY) return watchOnce(watched);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return watchLive({ ...watched, stop: stop.signal, refreshEveryMs: REFRESH_EVERY_MS });
}

export const WATCH_COMMANDS: Command[] = [
  {
    words: 'watch',
    does: 'show who is stuck, since when, what to do, and a link to the run: live in a terminal, otherwise once',
    run: watch,
  },
];
