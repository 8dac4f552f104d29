/**
 * The minimum that Temporal must do for one onboarding: the same signals, sends and search attributes, and nothing
 * else.
 */
import { defineSearchAttributeKey } from '@temporalio/common';
import {
  condition,
  defineSignal,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { FloorActivities } from './activities.ts';

const SIGNALS = [
  'messageSent',
  'termsAccepted',
  'passwordChanged',
  'smsRequested',
  'smsVerified',
  'appSkipped',
  'profileSaved',
] as const;

/** Registered by Instap's worker. */
const OnboardingStep = defineSearchAttributeKey('OnboardingStep', 'KEYWORD');
const OnboardingSince = defineSearchAttributeKey('OnboardingSince', 'DATETIME');
const OnboardingExpires = defineSearchAttributeKey('OnboardingExpires', 'DATETIME');
const OnboardingProblem = defineSearchAttributeKey('OnboardingProblem', 'KEYWORD');
const RemindersSent = defineSearchAttributeKey('RemindersSent', 'INT');

const DAY_MS = 24 * 60 * 60_000;

const { sendMail, sendSms, activate } = proxyActivities<FloorActivities>({ startToCloseTimeout: '20s' });

/** `id`: the person's, by which the activities find address and number. */
export async function floor(id: number): Promise<void> {
  const received = new Set<string>();
  for (const name of SIGNALS) setHandler(defineSignal(name), () => void received.add(name));

  async function waitFor(name: (typeof SIGNALS)[number]): Promise<void> {
    upsertSearchAttributes([
      { key: OnboardingStep, value: name },
      { key: OnboardingSince, value: new Date() },
      { key: OnboardingExpires, value: new Date(Date.now() + 14 * DAY_MS) },
      { key: OnboardingProblem, value: null },
      { key: RemindersSent, value: 0 },
    ]);
    await condition(() => received.has(name), DAY_MS);
  }

  await sendMail(id);
  await waitFor('termsAccepted');
  await waitFor('passwordChanged');
  await waitFor('smsRequested');
  await sendSms(id);
  await waitFor('smsVerified');
  await waitFor('appSkipped');
  await waitFor('profileSaved');
  await activate(id);
  upsertSearchAttributes([{ key: OnboardingStep, value: 'done' }]);
}
