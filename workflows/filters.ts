/** Ready filters for the workflow list of the Temporal UI: who needs an operator's eye. */

export type Filter = {
  /** Short, for a list. */
  name: string;
  /** For the UI's filter, or `temporal workflow list --query`. */
  query: string;
  /** Whom it finds. */
  does: string;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The filters as of `now`, because a filter knows no "three days ago". Today: where this process runs. */
export function filters(now: Date): Filter[] {
  const ago = (ms: number) => `"${new Date(now.getTime() - ms).toISOString()}"`;
  const today = `"${new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString()}"`;
  const running = 'ExecutionStatus="Running"';
  return [
    {
      name: 'stuck',
      query: `OnboardingProblem IS NOT NULL AND ${running}`,
      does: 'everybody with a problem, whatever it is',
    },
    {
      name: 'waiting over 3 days',
      query: `OnboardingSince < ${ago(3 * DAY_MS)} AND ${running}`,
      does: 'at the same step for more than three days',
    },
    {
      name: 'at SMS over a day',
      query: `OnboardingStep="sms" AND OnboardingSince < ${ago(DAY_MS)} AND ${running}`,
      does: 'have not verified a mobile number, nor skipped it, for more than a day',
    },
    {
      name: 'mail undeliverable',
      query: `OnboardingProblem IN ("mail-undeliverable", "mail-delayed") AND ${running}`,
      does: 'the mail server refuses the address, or does not take the mail yet',
    },
    {
      name: 'expiring in 2 days',
      query: `OnboardingExpires < ${ago(-2 * DAY_MS)} AND ${running}`,
      does: 'the invitation ends within two days unless the person goes on',
    },
    {
      name: 'finished today',
      query: `OnboardingStep="done" AND CloseTime > ${today}`,
      does: 'the account was opened today',
    },
  ];
}

/** Opens the workflow list with this filter. `ui`: the address of the Temporal UI. */
export function filterLink({ query }: Filter, { ui, namespace }: { ui: string; namespace: string }): string {
  return `${ui.replace(/\/$/, '')}/namespaces/${namespace}/workflows?query=${encodeURIComponent(query)}`;
}
