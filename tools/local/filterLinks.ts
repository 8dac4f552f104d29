/** The ready-made filters as links into the workflow list of this start's Temporal UI. */
import { milliseconds } from '../../processes/config.ts';
import { filterLink, filters } from '../../workflows/filters.ts';

export type FilterLink = { name: string; does: string; url: string };

/** As of now, because "three days ago" moves. `day`: its length, as written for `--day=`. */
export function filterLinks(ui: string, { timeZone, day }: { timeZone: string; day?: string }): FilterLink[] {
  return filters(new Date(), timeZone, day === undefined ? undefined : milliseconds(day)).map((filter) => ({
    name: filter.name,
    does: filter.does,
    url: filterLink(filter, { ui, namespace: 'default' }),
  }));
}
