/** Ready-made filters for the workflow list of the Temporal UI: who needs an operator's attention. */
import { clockOf } from '../domain/reminders.ts';

export type Filter = {
  /** Short, for a list. */
  name: string;
  /** For the UI's filter, or `temporal workflow list --query`. */
  query: string;
  /** What it finds. */
  does: string;
};

const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 4 * QUARTER_MS;
const DAY_MS = 24 * HOUR_MS;

/** The last midnight in `timeZone`. Steps by quarters of an hour, because every zone's offset is a multiple of one. */
function midnightBefore(now: Date, timeZone: string): Date {
  const hourAt = clockOf(timeZone);
  let moment = Math.floor(now.getTime() / QUARTER_MS) * QUARTER_MS;
  while (hourAt(moment) > 0 || hourAt(moment - QUARTER_MS) === 0) moment -= QUARTER_MS;
  return new Date(moment);
}

/**
 * The filters as of `now`, because a filter cannot say "three days ago". Today starts at midnight in `timeZone`; other
 * days last `dayMs`, which is shorter when somebody tries reminders out.
 */
export function filters(now: Date, timeZone: string, dayMs = DAY_MS): Filter[] {
  const ago = (ms: number) => `"${new Date(now.getTime() - ms).toISOString()}"`;
  const today = `"${midnightBefore(now, timeZone).toISOString()}"`;
  const running = 'ExecutionStatus="Running"';
  return [
    {
      name: 'stuck',
      query: `OnboardingProblem IS NOT NULL AND OnboardingProblem != "sms-undeliverable" AND ${running}`,
      does: 'everybody with a problem that an operator can solve',
    },
    {
      name: 'struggling',
      query: `OnboardingProblem="sms-undeliverable" AND ${running}`,
      does: 'an SMS did not arrive, and the page offers another way: nothing to do, unless there are many',
    },
    {
      name: 'waiting over 3 days',
      query: `OnboardingSince < ${ago(3 * dayMs)} AND ${running}`,
      does: 'at the same step for more than three days',
    },
    {
      name: 'at SMS over a day',
      query: `OnboardingStep="sms" AND OnboardingSince < ${ago(dayMs)} AND ${running}`,
      does: 'for more than a day at the SMS step, neither verified nor skipped',
    },
    {
      name: 'mail undeliverable',
      query: `OnboardingProblem IN ("mail-undeliverable", "mail-delayed") AND ${running}`,
      does: 'the mail server refuses the address, or does not accept the mail yet',
    },
    {
      name: 'notice undeliverable',
      query: `WorkflowType="messageNotice" AND OnboardingProblem IS NOT NULL`,
      does: 'have an account, but the mail about a new message does not get through',
    },
    {
      name: 'sign-in closed',
      query: `OnboardingProblem="sign-in-closed" AND ${running}`,
      does: 'too many wrong codes after the right password: nobody can sign in, or choose a new password',
    },
    {
      name: 'internal error',
      query: `OnboardingProblem="internal-error" AND ${running}`,
      does: 'an activity keeps failing: somebody has to fix the database or the code',
    },
    {
      name: 'expiring in 2 days',
      query: `OnboardingExpires < ${ago(-2 * dayMs)} AND ${running}`,
      does: 'the invitation expires within two days unless the person continues',
    },
    {
      name: 'finished today',
      query: `OnboardingStep="done" AND CloseTime > ${today}`,
      does: 'the account was opened today',
    },
  ];
}

/** `ui`: the address of the Temporal UI. */
type Place = { ui: string; namespace: string };

const workflowList = ({ ui, namespace }: Place) =>
  `${ui.replace(/\/$/, '')}/namespaces/${namespace}/workflows`;

/** Opens the workflow list with this filter. */
export const filterLink = ({ query }: Pick<Filter, 'query'>, place: Place): string =>
  `${workflowList(place)}?query=${encodeURIComponent(query)}`;

/** Opens a run on the tab *User Metadata*, which shows its state and what an operator can do. */
export const runLink = (run: { workflowId: string; runId: string }, place: Place): string =>
  `${workflowList(place)}/${run.workflowId}/${run.runId}/user-metadata`;

/** Opens the newest run of a workflow. */
export const workflowLink = (workflowId: string, place: Place): string =>
  `${workflowList(place)}/${workflowId}`;
