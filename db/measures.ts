/** How many people are on their way and what waits for the engine: counts for the metrics, and nothing of anybody. */
import type { Db } from './connect.ts';
import type { factsOf } from './onboardings.ts';

/** For how long somebody has been at the step at hand. Up to an hour is the usual visit, up to three days the usual pause. */
export const AGES = ['under 1h', 'under 1d', 'under 3d', 'longer'] as const;

export type Age = (typeof AGES)[number];

type StepFacts = Omit<ReturnType<typeof factsOf>, 'helpAsked' | 'notMe' | 'codesRefused'>;

const STEP_TIMES = [
  'terms_accepted_at',
  'password_changed_at',
  'sms_verified_at',
  'sms_skipped_at',
  'app_verified_at',
  'app_skipped_at',
  'profile_saved_at',
];
const FACTS = STEP_TIMES.map((time) => `${time} is not null as ${time.replace(/_at$/, '')}`);
/** SQL: since when somebody has been at the step at hand. */
const SINCE = `greatest(created_at, ${STEP_TIMES.join(', ')})`;

/** Open onboardings, counted by their facts and by how long nothing was done. */
export async function countUnfinished({ sql }: Db): Promise<(StepFacts & { age: Age; count: number })[]> {
  const { rows } = await sql.raw<StepFacts & { age: Age; count: number }>(`
    select ${FACTS.join(', ')}, count(*)::int as count,
      case
        when ${SINCE} > now() - interval '1 hour' then 'under 1h'
        when ${SINCE} > now() - interval '1 day' then 'under 1d'
        when ${SINCE} > now() - interval '3 days' then 'under 3d'
        else 'longer'
      end as age
    from onboarding where status = 'open' group by ${STEP_TIMES.map((_, i) => i + 1).join(', ')}, age`);
  return rows;
}

/** What waits for the engine: how many rows, and for how many seconds the oldest has. */
export async function measureOutbox({ sql }: Db): Promise<{ waiting: number; oldestS: number }> {
  const { rows } = await sql.raw<{ waiting: number; oldestS: number }>(`
    select count(*)::int as waiting,
      coalesce(extract(epoch from now() - min(created_at)), 0)::float as oldest_s
    from outbox`);
  return rows[0]!;
}
