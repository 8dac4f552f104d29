/** Who takes part: people of every kind, so many at a time, one after the other until no more may come. */
import { setTimeout as sleep } from 'node:timers/promises';
import { choicesOf } from './choices.ts';
import type { Doings } from './doings.ts';
import type { Habits } from './habits.ts';
import type { Ledger } from './ledger.ts';
import { phoneOf, WORD } from './planted.ts';
import { bodyOf, eraseRecipient, STORM, sendMessage } from './sender.ts';
import type { System } from './system.ts';
import { Traveller } from './traveller.ts';

const STOPS = [
  '/onboarding/terms',
  '/onboarding/password',
  '/onboarding/sms',
  '/onboarding/app',
  '/onboarding/profile',
];
/** A second message comes up to this much later: while the person is on the way, or has finished. */
const SECOND_MESSAGE_WITHIN_MS = 12_000;

/** Of so many the sender thinks better of it, within this. */
const ERASED = 0.08;
const ERASED_WITHIN_MS = 2_500;

export type PopulationWish = {
  system: System;
  ledger: Ledger;
  seed: number;
  atOnce: number;
  /** Who waits for a reminder waits so long. */
  sleepMs: number;
  doings: Doings;
  /** Nobody new comes after this … */
  closed: AbortSignal;
  /** … and nobody goes on after this. */
  ended: AbortSignal;
};

/** Resolves when everybody who came has finished, or `ended`. */
export async function populate(wish: PopulationWish): Promise<void> {
  let number = 0;
  const place = async () => {
    while (!wish.closed.aborted) await live(wish, ++number);
  };
  await Promise.all(Array.from({ length: wish.atOnce }, place));
}

async function live(
  { system, ledger, seed, doings, ended, sleepMs }: PopulationWish,
  number: number,
): Promise<void> {
  const choices = choicesOf(seed, `person ${number}`);
  const { url, apiKey, deliveries } = system;
  const account = ledger.open(`person.${number}@${WORD}.example`);
  const habits: Habits = {
    factor: choices.oneOf(['sms', 'app', 'both'] as const),
    locale: choices.oneOf(['nl', 'en'] as const),
    phone: phoneOf(number),
    sleepsMs: choices.chance(0.12) ? sleepMs : 0,
    stopsAt: choices.chance(0.12) ? choices.oneOf(STOPS) : undefined,
    asksHelp: choices.chance(0.15),
    doubleClicks: choices.oneOf([0, 0.2, 0.5]),
    changesDevice: choices.oneOf([0, 0, 0.2]),
    mistypes: choices.oneOf([0, 0, 0.25]),
    forgets: choices.chance(0.3),
    comesBack: choices.chance(0.25),
  };
  const passesOn = choices.chance(0.2);
  if (passesOn) doings.did('passed-on');
  const send = (key: string) => {
    const storm = choices.chance(0.25);
    if (storm) doings.did('retry-storm');
    const { locale } = habits;
    const times = storm ? STORM : 1;
    return sendMessage({
      url,
      apiKey,
      ledger,
      account,
      key,
      locale,
      body: bodyOf(key),
      passesOn,
      times,
      signal: ended,
    });
  };
  await send(`${number}-1`);
  if (choices.chance(ERASED)) {
    // While the invitation is being sent, or after.
    await sleep(choices.between(0, ERASED_WITHIN_MS));
    await eraseRecipient({ url, apiKey, ledger, account, signal: ended });
    return doings.did('erased');
  }
  const more = choices.chance(0.2)
    ? sleep(choices.between(0, SECOND_MESSAGE_WITHIN_MS)).then(() => send(`${number}-2`))
    : undefined;
  await new Traveller(account, habits, { url, ledger, deliveries, choices, doings, signal: ended }).travel();
  await more;
}
