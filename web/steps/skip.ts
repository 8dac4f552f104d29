/** Skipping one of the two second factors: taken as long as the other one is left. */
import { type Change, factsOf, recordStep } from '../../db/onboardings.ts';
import { skipLeavesNoWay } from '../../domain/steps.ts';
import { type Ctx, traveller, type Web } from '../context.ts';
import { toCurrentStep } from '../middleware/guard.ts';

/** Goes on to the next step. False, and nothing was done or answered: no way would be left. */
export async function skipFactor(
  ctx: Ctx,
  web: Web,
  { factor, skipped }: { factor: 'sms' | 'app'; skipped: Change },
): Promise<boolean> {
  const { session, onboarding, person } = traveller(ctx);
  const done = await recordStep<'already' | 'no-way-left'>(
    web.db,
    { onboarding, session },
    async (_tx, row) => {
      if (row[`${factor}SkippedAt`] || row[`${factor}VerifiedAt`]) return { refused: 'already' };
      if (skipLeavesNoWay(factsOf(row), factor)) return { refused: 'no-way-left' };
      return skipped;
    },
  );
  if ('refused' in done && done.refused === 'no-way-left') return false;
  web.delivery.poke();
  await toCurrentStep(ctx, web, person.id);
  return true;
}
