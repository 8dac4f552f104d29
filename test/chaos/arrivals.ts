/** The participants: people of every kind, so many at a time, one after the other until no more may come. */
import { setTimeout as sleep } from 'node:timers/promises';
import { phoneOf, WORD } from './canaryValues.ts';
import { choicesOf } from './choices.ts';
import type { Coverage } from './coverage.ts';
import { type Again, inviteWhoStopped } from './invitedAgain.ts';
import type { Account, Ledger } from './ledger.ts';
import { UNKNOWN_USER } from './mailServer.ts';
import { personaOf, STOPS } from './persona.ts';
import { type Asking, eraseRecipient } from './recipientCalls.ts';
import { bodyOf, STORM, sendMessage } from './sender.ts';
import { SimulatedUser, type Surroundings } from './simulatedUser.ts';
import type { System } from './system.ts';
import { correct, WRONG, type Wrong } from './wrongAddress.ts';

/** A second message comes up to this much later, during the onboarding or after it. */
const SECOND_MESSAGE_WITHIN_MS = 12_000;

/** The share of people whom the sender has erased, and within which time. */
const ERASED = 0.08;
const ERASED_WITHIN_MS = 2_500;

/** What happens to whom, by number, so that a short run includes everything. Nothing happens to the others. */
const FATES: (Wrong | Again | undefined)[] = [
  undefined,
  'address-half-way',
  'invited-when-expired',
  undefined,
  'address-refused',
  'invited-again',
  undefined,
  'address-half-way',
  undefined,
  'invited-when-cancelled',
  undefined,
  'address-unread',
  undefined,
  undefined,
];

/** A holder of a wrong address has another phone as well. */
const OTHER_PHONES = 35_000;

export type ArrivalOptions = {
  system: System;
  ledger: Ledger;
  seed: number;
  atOnce: number;
  /** How long somebody waits who waits for a reminder. */
  sleepMs: number;
  coverage: Coverage;
  /** Nobody new arrives after this … */
  closed: AbortSignal;
  /** … and nobody continues after this. */
  ended: AbortSignal;
};

/** Resolves when everybody who arrived has finished, or at `ended`. */
export async function letPeopleArrive(wish: ArrivalOptions): Promise<void> {
  let number = 0;
  const place = async () => {
    while (!wish.closed.aborted) await live(wish, ++number);
  };
  await Promise.all(Array.from({ length: wish.atOnce }, place));
}

const isWrong = (fate: Wrong | Again | undefined): fate is Wrong =>
  (WRONG as readonly (string | undefined)[]).includes(fate);

async function live(wish: ArrivalOptions, number: number): Promise<void> {
  const { system, ledger, seed, coverage, ended, sleepMs } = wish;
  const choices = choicesOf(seed, `person ${number}`);
  const fate = FATES[number % FATES.length];
  const { url, apiKey, deliveries } = system;
  const account = ledger.open(`person.${number}@${WORD}.example`);
  const asking: Asking = { url, apiKey, ledger, account, signal: ended };
  const persona = personaOf(choices, { number, sleepMs });
  const passesOn = choices.chance(0.2);
  if (passesOn) coverage.count('passed-on');
  const times = () => {
    const storm = choices.chance(0.25);
    if (storm) coverage.count('retry-storm');
    return storm ? STORM : 1;
  };
  const send = (key: string, to: Account = account) =>
    sendMessage({
      ...asking,
      account: to,
      key,
      locale: persona.locale,
      body: bodyOf(key),
      passesOn,
      times: times(),
    });
  const around: Surroundings = { url, ledger, deliveries, choices, coverage, signal: ended };
  const user = new SimulatedUser(account, persona, around);

  if (isWrong(fate)) {
    const email = `${fate === 'address-refused' ? UNKNOWN_USER : 'other.'}${number}@${WORD}.example`;
    const correction = ledger.mistype(account, { email, phone: phoneOf(OTHER_PHONES + number) });
    await send(`${number}-1`, correction.old);
    account.personId = correction.old.personId;
    const correcting = correct({ asking, correction, wrong: fate, persona, around, times: times() });
    persona.stopsAt = undefined;
    const joined = correcting.then(async () => {
      if (choices.chance(0.4)) await send(`${number}-2`);
    });
    await Promise.all([user.goThrough(), joined]);
    return;
  }
  await send(`${number}-1`);
  if (!fate && choices.chance(ERASED)) {
    // During or after sending the invitation.
    await sleep(choices.between(0, ERASED_WITHIN_MS));
    await eraseRecipient(asking);
    return coverage.count('erased');
  }
  const second = choices.chance(0.2)
    ? sleep(choices.between(0, SECOND_MESSAGE_WITHIN_MS)).then(() => send(`${number}-2`))
    : undefined;
  if (fate) persona.stopsAt ??= choices.oneOf(STOPS);
  await user.goThrough();
  if (fate && account.stopped) {
    await inviteWhoStopped(system, { asking, again: fate, user, times: times() });
    coverage.count(fate);
    await user.resume();
  } else if (account.stopped) coverage.count('stopped');
  await second;
}
