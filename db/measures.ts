/** How many people are on their way and what waits for the engine: counts for the metrics, and nothing of anybody. */
import type { Db } from './connect.ts';
import type { factsOf } from './onboardings.ts';

/** For how long somebody has been at the step at hand. Up to an hour is the usual visit, up to three days the usual pause. */
export const AGES = ['under 1h', 'under 1d', 'under 3d', 'longer'] as const;

export type Age = (typeof AGES)[number];

type StepFacts = Omit<ReturnType<typeof factsOf>, 'helpAsked' | 'notMe' | 'codesRefused'>;

const FACTS = [
  'terms_accepted',
  'password_changed',
  'sms_verified',
  'sms_skipped',
  'app_verified',
  'app_skipped',
  'profile_saved',
];

/**
 * Open onboardings, counted by their facts and by how long they have been at the step at hand. `should_run` holds for all
 * of them, and has an index: each worker asks every few seconds, and those that ended may be hundreds of thousands.
 */
export async function countUnfinished({ sql }: Db): Promise<(StepFacts & { age: Age; count: number })[]> {
  const { rows } = await sql.raw<StepFacts & { age: Age; count: number }>(`
    select ${FACTS.map((fact) => `${fact}_at is not null as ${fact}`).join(', ')}, count(*)::int as count,
      case
        when step_since > now() - interval '1 hour' then 'under 1h'
        when step_since > now() - interval '1 day' then 'under 1d'
        when step_since > now() - interval '3 days' then 'under 3d'
        else 'longer'
      end as age
    from onboarding where should_run and status = 'open' group by ${FACTS.map((_, i) => i + 1).join(', ')}, age`);
  return rows;
}

/**
 * What waits for the engine: how many rows, and for how many seconds the oldest has. The table holds nothing else, so it is
 * read whole.
 */
export async function measureOutbox({ sql }: Db): Promise<{ waiting: number; oldestS: number }> {
  const { rows } = await sql.raw<{ waiting: number; oldestS: number }>(`
    select count(*)::int as waiting,
      coalesce(extract(epoch from now() - min(created_at)), 0)::float as oldest_s
    from outbox`);
  return rows[0]!;
}
