/** Counts for the metrics: how many people are onboarding, and what waits for Temporal. Nothing about individuals. */
import type { Db } from './connect.ts';
import type { factsOf } from './onboardings.ts';

/** How long a person has been at the current step. A visit usually takes up to an hour, a pause up to three days. */
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
 * Open onboardings by facts and by time at the current step. `should_run` is true for all of them and indexed: every
 * worker asks every few seconds, and there may be hundreds of thousands of ended ones.
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
 * The number of outbox rows, and the age of the oldest in seconds. The table only holds waiting rows, so it is read in
 * full.
 */
export async function measureOutbox({ sql }: Db): Promise<{ waiting: number; oldestS: number }> {
  const { rows } = await sql.raw<{ waiting: number; oldestS: number }>(`
    select count(*)::int as waiting,
      coalesce(extract(epoch from now() - min(created_at)), 0)::float as oldest_s
    from outbox`);
  return rows[0]!;
}
