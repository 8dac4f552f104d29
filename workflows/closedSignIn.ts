/** Tells somebody that wrong codes were entered after the right password, and waits while sign-in is closed for that. */
import {
  condition,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, mail } from './activityOptions.ts';
import { mailed } from './mailing.ts';
import { OnboardingProblem } from './searchAttributes.ts';
import { type ClosedSignInInput, type OrderInput, reopenSignIn, signInChanged } from './signals.ts';

type Closing = Awaited<ReturnType<Activities['readClosedSignIn']>>;

const CLOSED = 'sign-in-closed';

function detailsOf({ closed, since }: Closing): string {
  if (!closed) return '';
  const what = closed === 'sign-in' ? 'Nobody can sign in to this account' : 'No new password can be chosen';
  const byItself =
    closed === 'sign-in'
      ? 'It opens when the person chooses a new password with a mail and a code. '
      : 'It does not open by itself. ';
  return `**Problem:** ${CLOSED}, since ${since}. ${what}: too many wrong codes were entered in a row by somebody who knew the password or had the mail. ${byItself}If the person cannot, and the sender has made sure who asks, send the signal \`reopenSignIn\`.`;
}

export async function closedSignIn({ personId, durations }: ClosedSignInInput): Promise<void> {
  const database = proxyActivities<Activities>(DATABASE);
  const mails = proxyActivities<Activities>(mail());
  let changed = true;
  let answer = '';

  async function reopen(order?: OrderInput): Promise<void> {
    const reason = String(order?.reason ?? '');
    const { opened } = await database.reopenSignIn.executeWithOptions({ summary: 'open sign-in again' }, [
      { personId, reason },
    ]);
    answer = opened ? `reopenSignIn: open again. ${reason}` : 'reopenSignIn was refused: it is open already';
    changed = true;
  }
  setHandler(signInChanged, () => {
    changed = true;
  });
  setHandler(reopenSignIn, reopen, { description: 'OPERATOR: open sign-in again. {"reason": "…"}' });

  while (changed) {
    changed = false;
    const closing = await database.readClosedSignIn.executeWithOptions({ summary: 'what is closed' }, [
      { personId },
    ]);
    const { closed, noticeId } = closing;
    setCurrentDetails([detailsOf(closing), answer && `**Operator:** ${answer}`].filter(Boolean).join('\n\n'));
    upsertSearchAttributes([{ key: OnboardingProblem, value: closed ? CLOSED : null }]);
    if (noticeId) {
      const summary = 'tell the owner of wrong codes after the right password';
      await mailed(
        (within) =>
          mails.sendFactorNotice.executeWithOptions({ ...within, summary }, [{ personId, noticeId }]),
        { durations, whenDelayed: async () => {} },
      );
    }
    if (closed) await condition(() => changed);
  }
}
