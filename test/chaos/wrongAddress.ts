/**
 * The sender mistyped the address and corrects it while the holder of that address may be onboarding. The right
 * person's mailbox is in the account, where everything is noted that still works for the old address.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Unanswered } from './browser.ts';
import type { Correction } from './ledger.ts';
import { lookAgainLater } from './lookAgain.ts';
import type { Persona } from './persona.ts';
import { type Asking, correctAddress, inviteAgain, problemOf } from './recipientCalls.ts';
import { SimulatedUser, type Surroundings } from './simulatedUser.ts';

/** Nobody reads that mailbox; the mail server refuses it for good; or somebody opens the link and goes on. */
export const WRONG = ['address-unread', 'address-refused', 'address-half-way'] as const;
export type Wrong = (typeof WRONG)[number];

/** The holder of a wrong address stops here, and so never finishes. */
const STOPS = ['/onboarding/terms', '/onboarding/password', '/onboarding/sms', '/onboarding/profile'];
const NOTICED_WITHIN_MS = 5_000;
const REPEATED_WITHIN_MS = 6_000;

type CorrectionTask = {
  asking: Asking;
  correction: Correction;
  wrong: Wrong;
  persona: Persona;
  around: Surroundings;
  /** Simultaneous calls. */
  times: number;
};

/** Resolves when the sender knows that the address is corrected, and has done what belongs to it. */
export async function correct(given: CorrectionTask): Promise<void> {
  const { asking, correction, wrong, persona, around, times } = given;
  const { choices, coverage, signal } = around;
  const { old, oldPhone } = correction;
  const corrected = new AbortController();
  const stopsAt = choices.oneOf(STOPS);
  const other = new SimulatedUser(
    old,
    { ...persona, phone: oldPhone, stopsAt, sleepsMs: 0 },
    { ...around, signal: AbortSignal.any([signal, corrected.signal]) },
  );
  const goingOn = wrong === 'address-half-way' ? other.goThrough() : undefined;
  if (wrong === 'address-refused') await untilRefused(asking);
  // During a step, or after the last one.
  else if (goingOn && choices.chance(0.5)) await goingOn;
  else await sleep(choices.between(0, NOTICED_WITHIN_MS));
  await correctAddress({ ...asking, correction, times });
  corrected.abort();
  await goingOn;
  if (wrong !== 'address-half-way' || old.promised.size > 0) coverage.count(wrong);
  if (goingOn) correction.opened = await openedWith(other, signal);
  // The passed-on temporary password is void as well.
  if (old.passedOn) await inviteAgain({ ...asking, times });
  if (!choices.chance(0.5)) return;
  await sleep(choices.between(0, REPEATED_WITHIN_MS));
  coverage.count('address-repeated');
  await correctAddress({ ...asking, correction: { ...correction, acknowledgedAt: undefined }, times });
}

async function untilRefused(asking: Asking): Promise<void> {
  while (!asking.signal.aborted && (await problemOf(asking)) !== 'mail-undeliverable')
    await lookAgainLater(2);
}

/** What still works with the session and links of the old address. */
async function openedWith({ browser, inbox }: SimulatedUser, signal: AbortSignal): Promise<string[]> {
  const opened: string[] = [];
  const tries = [
    { what: 'its session', path: '/onboarding/continue' },
    ...inbox.links().map((path) => ({ what: 'its link', path })),
  ];
  while (tries.length > 0 && !signal.aborted) {
    const { what, path } = tries[0]!;
    try {
      await browser.open(path);
      if (browser.page.status < 400) opened.push(`${what} opened ${browser.path}`);
      tries.shift();
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      await lookAgainLater();
    }
  }
  return opened;
}
