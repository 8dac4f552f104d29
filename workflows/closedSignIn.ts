/**
 * Notifies a person that wrong codes were entered after their password, and waits while sign-in is closed because of
 * it.
 */
import {
  condition,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { inWords, type OrderDetails, readOrder } from '../domain/orders.ts';
import { DATABASE, mailActivities } from './activityOptions.ts';
import { createShownFaults } from './faults.ts';
import { sendWithinRetryTime } from './mailing.ts';
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
  const mails = mailActivities();
  let closing: Closing = { closed: null, since: '' };
  let changed = true;
  let answer = '';
  const faults = createShownFaults(show);

  function show(): void {
    setCurrentDetails([detailsOf(closing), answer && `**Operator:** ${answer}`].filter(Boolean).join('\n\n'));
    upsertSearchAttributes([{ key: OnboardingProblem, value: closing.closed ? CLOSED : null }]);
  }

  async function reopen(typed?: OrderInput): Promise<void> {
    const given = readOrder(typed);
    answer = 'refused' in given ? `reopenSignIn was refused: ${given.refused}` : await carryOut(given);
    changed = true;
  }

  async function carryOut(given: OrderDetails): Promise<string> {
    const summary = 'open sign-in again';
    const { opened } = await faults.untilItWorks(() =>
      database.reopenSignIn.executeWithOptions({ summary }, [{ personId, ...given }]),
    );
    const outcome = opened ? ': open again' : ' was refused: it is open already';
    return `${inWords(given)}, reopenSignIn${outcome}`;
  }

  setHandler(signInChanged, () => {
    changed = true;
  });
  setHandler(reopenSignIn, reopen, {
    description: 'OPERATOR: open sign-in again. {"by": "…", "reason": "…"}',
  });

  while (changed) {
    changed = false;
    const summary = 'what is closed';
    closing = await faults.untilItWorks(() =>
      database.readClosedSignIn.executeWithOptions({ summary }, [{ personId }]),
    );
    show();
    if (closing.noticeId) await tellOwner(closing.noticeId);
    if (closing.closed) await condition(() => changed);
  }

  async function tellOwner(noticeId: string): Promise<void> {
    const summary = 'tell the owner of wrong codes after the right password';
    await sendWithinRetryTime(
      (within) =>
        faults.untilItWorks(() =>
          mails.sendFactorNotice.executeWithOptions({ ...within, summary }, [{ personId, noticeId }]),
        ),
      { durations, whenDelayed: async () => {} },
    );
  }
}
