/** What the engine says of a person, held against the database; and what operators and senders get to see. */
import { expect } from 'vitest';
import { factsOf, type Onboarding, onboardingOf } from '../../db/onboardings.ts';
import type { Purpose } from '../../db/smsCodes.ts';
import { steps } from '../../domain/steps.ts';
import { onboardingWorkflowId, type Status } from '../../workflows/signals.ts';
import { eventually, SOON_MS } from './eventually.ts';
import { type Factor, Participant, type Place } from './participant.ts';
import { call } from './sender.ts';
import type { TestEnvironment } from './testEnvironment.ts';

const ENDED = { completed: 'done', expired: 'expired', cancelled: 'cancelled' } as const;

const stepOf = (row: Onboarding): Status['step'] =>
  row.status === 'open' ? steps(factsOf(row)).current : ENDED[row.status];

/**
 * Waits until the engine has heard everything that the database knows, and until an account that is being opened is
 * open; then holds the two against each other: `status` equals `steps(facts)`.
 */
export async function expectStatusToMatchDatabase(
  testEnv: TestEnvironment,
  personId: string,
): Promise<{ row: Onboarding; said: Status }> {
  const { row, said } = await eventually(async () => {
    const known = (await onboardingOf(testEnv.db, personId))!;
    const now = await testEnv.status(known.id).catch(() => undefined);
    // A run that ended is told nothing more: a message of that very moment counts in the row only.
    const isUpToDate = now?.version === known.version || known.status !== 'open';
    const settled = isUpToDate && now?.step === stepOf(known) && now.step !== 'activate';
    return settled ? { row: known, said: now } : undefined;
  });
  expect(said.facts).toEqual(factsOf(row));
  expect(said.open).toEqual(row.status === 'open' ? steps(factsOf(row)).open : []);
  return { row, said };
}

/** The search attributes of a person's run, once they are `wanted`: what an operator filters by. */
export async function filtered(
  testEnv: TestEnvironment,
  onboardingId: string,
  wanted: Record<string, unknown>,
) {
  await eventually(async () => {
    const { typedSearchAttributes } = await testEnv.workflow(onboardingId).describe();
    const shown = new Map(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    return Object.entries(wanted).every(([name, value]) => shown.get(name) === value) || undefined;
  });
}

/** Waits until the engine's list, which lags a little, has these onboardings as running, and no others. */
export async function listed({ engine, config }: TestEnvironment, onboardingIds: string[]): Promise<void> {
  const wanted = onboardingIds.map(onboardingWorkflowId).sort().join();
  const query = `TaskQueue = '${config.TEMPORAL_TASK_QUEUE}' AND WorkflowType = 'onboarding' AND ExecutionStatus = 'Running'`;
  await eventually(async () => {
    const ids: string[] = [];
    for await (const { workflowId } of engine.workflow.list({ query })) ids.push(workflowId);
    return ids.sort().join() === wanted || undefined;
  });
}

/** What an operator reads in the run's current details, once `words` are in it. */
export async function detailsSay(
  testEnv: TestEnvironment,
  onboardingId: string,
  words: string,
): Promise<string> {
  return eventually(async () => {
    const { currentDetails } = await testEnv
      .workflow(onboardingId)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return currentDetails.includes(words) ? currentDetails : undefined;
  });
}

/** Somebody who got the invitation's mail and went on to `place`. */
export async function createInvitedPerson(
  testEnv: TestEnvironment,
  place: Place,
  factor?: Factor,
): Promise<Participant> {
  const anna = new Participant(testEnv);
  await anna.invited();
  await anna.mail();
  return anna.to(place, factor);
}

/** The code of the newest SMS, once that SMS has come and its time is on record: waits count from there. */
export async function readSmsCode(
  anna: Participant,
  purpose: Purpose = 'enrol',
  phone = anna.phone,
): Promise<string> {
  const code = await anna.smsCode(purpose);
  const come = await anna.testEnv.phone.waitFor(
    ({ to, body }) => to === phone && body.startsWith(code),
    SOON_MS,
  );
  if (!come) throw new Error('the SMS did not come');
  const newest = anna.testEnv.db.sql('sms_code').where({ personId: anna.personId, purpose });
  await eventually(
    async () => (await newest.clone().orderBy('requestedAt', 'desc').first('sentAt'))?.sentAt ?? undefined,
  );
  return code;
}

/** What the senders are told of a person, in order. `clientId`: only one of them. */
export const senderEvents = (
  { db }: TestEnvironment,
  personId: string,
  clientId?: string,
): Promise<string[]> =>
  db
    .sql('event')
    .where({ personId, ...(clientId ? { clientId } : {}) })
    .orderBy('id')
    .pluck('type');

export type RecipientSeen = {
  id: string;
  onboarding: { status: string; step: string | null; problem?: string; invitationsSent: number };
};

/** A call of a sender's system, about somebody it wrote to. */
export async function ask<T = RecipientSeen>(
  testEnv: TestEnvironment,
  what: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`,
  { body, apiKey = testEnv.apiKey }: { body?: object; apiKey?: string } = {},
): Promise<{ status: number; body: T }> {
  const [method, path = ''] = what.split(' ');
  const headers = { authorization: `Bearer ${apiKey}` };
  const reply = await call(testEnv, path, { method, headers, body: body && JSON.stringify(body) });
  return { status: reply.status, body: reply.body as T };
}

/** How far a person is, as a sender sees it. */
export const recipient = (testEnv: TestEnvironment, personId: string, apiKey?: string) =>
  ask(testEnv, `GET /recipients/${personId}`, { apiKey });
