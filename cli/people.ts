/** One person, by address or by any id. */
import type { Db } from '../db/connect.ts';
import { erasePerson } from '../db/erasure.ts';
import { type Message, newestMessagesTo } from '../db/messages.ts';
import { factsOf, type Onboarding, onboardingOf, snapshotOf } from '../db/onboardings.ts';
import { person } from '../db/people.ts';
import { inviteByOperator, sendersOf } from '../db/relations.ts';
import { needsPassedOn } from '../db/temporaryPasswords.ts';
import { remindersAreExhausted } from '../domain/dueActions.ts';
import { problemOf } from '../domain/snapshot.ts';
import { steps } from '../domain/steps.ts';
import type { Config } from '../processes/config.ts';
import { workflowLink } from '../workflows/filters.ts';
import { onboardingWorkflowId } from '../workflows/signals.ts';
import { type Command, refuse, type Tools } from './command.ts';
import { findPeople, findPerson } from './person.ts';

/** The newest messages that `find` lists. */
const MESSAGES_SHOWN = 10;

/** A line without a value is left out. */
type Line = [label: string, value: string | null | undefined];

const asText = (lines: Line[]): string =>
  lines
    .filter(([, value]) => value)
    .map(([label, value]) => `${label.padEnd(10)}${value}`)
    .join('\n');

async function described({ db, config }: Tools, personId: string): Promise<string> {
  const row = (await onboardingOf(db, personId))!;
  const { email } = await person(db, personId);
  const senders = await sendersOf(db, personId);
  const messages = await newestMessagesTo(db, personId, MESSAGES_SHOWN);
  return asText([
    ...standing(row, config),
    ['address', email],
    ...senders.map(({ id, name }): Line => ['sender', `${name}, client ${id}`]),
    ...messages.map((message): Line => ['message', messageLine(message)]),
  ]);
}

function standing(row: Onboarding, { REMIND_AFTER, TEMPORAL_UI_URL: ui, temporal }: Config): Line[] {
  const { personId, status, helpAskedAt, helpReason } = row;
  const exhausted = remindersAreExhausted(row, { remindAfter: REMIND_AFTER });
  const workflowId = onboardingWorkflowId(row.id);
  return [
    ['person', personId],
    ['status', status],
    ['step', status === 'open' ? steps(factsOf(row)).current : null],
    ['problem', problemOf(snapshotOf(row), exhausted)],
    ['help', helpAskedAt && `asked ${helpAskedAt.toISOString()}: ${helpReason}`],
    ['workflow', workflowId],
    ['link', ui && workflowLink(workflowId, { ui, namespace: temporal.namespace })],
  ];
}

function messageLine({ id, clientName, readAt, releasedAt, reference }: Message): string {
  const state = readAt ? 'read' : releasedAt ? 'released' : 'held';
  return `${id}, ${clientName}, ${state}${reference === undefined ? '' : `, reference ${reference}`}`;
}

function invited(row: Onboarding): string {
  const { id, personId, status } = row;
  const again =
    status === 'open' ? '' : `; the onboarding was ${status} and starts again, with everything kept`;
  const senderPasses = needsPassedOn(row)
    ? `\nThe mail has no temporary password. The sender can get a new one to pass on with POST /api/v1/recipients/${personId}/invitation.`
    : '';
  return `the worker sends the invitation now, or as soon as the last one is old enough${again}\nworkflow  ${onboardingWorkflowId(id)}${senderPasses}`;
}

async function find(tools: Tools, given: string): Promise<void> {
  const found = await findPeople(tools.db, given);
  if ('nobody' in found) return refuse(found.nobody);
  const all: string[] = [];
  for (const personId of found.personIds) all.push(await described(tools, personId));
  console.log(all.join('\n\n'));
}

async function invite({ db, config }: Tools, given: string): Promise<void> {
  const found = await findPerson(db, given);
  if ('refused' in found) return refuse(found.refused);
  const { id } = (await onboardingOf(db, found.personId))!;
  const asked = await inviteByOperator(db, id, config.INVITE_EVERY);
  if ('refused' in asked)
    return refuse('refused: the account is open, so no invitation is needed. The person can sign in');
  console.log(invited(asked.row));
}

async function erase(db: Db, given: string): Promise<void> {
  const found = await findPerson(db, given);
  if ('refused' in found) return refuse(found.refused);
  await erasePerson(db, found.personId);
  console.log('erased; the worker deletes the workflow within seconds');
}

export const PEOPLE_COMMANDS: Command[] = [
  {
    words: 'find PERSON',
    does: "show a person's ids, status, step, problem, workflow, address, senders and messages",
    run: find,
  },
  {
    words: 'invite PERSON',
    does: 'send the invitation again; restarts an expired or cancelled onboarding',
    run: invite,
  },
  {
    words: 'erase PERSON',
    does: 'erase a person for every client: the key, all rows, the workflow and its history',
    run: ({ db }, given) => erase(db, given),
  },
];
