/** One person, by e-mail address. */
import type { Db } from '../db/connect.ts';
import { erasePerson } from '../db/erasure.ts';
import { factsOf, type Onboarding, onboardingOf } from '../db/onboardings.ts';
import { findPersonByEmail } from '../db/people.ts';
import { inviteByOperator } from '../db/relations.ts';
import { needsPassedOn } from '../db/temporaryPasswords.ts';
import { steps } from '../domain/steps.ts';
import { onboardingWorkflowId } from '../workflows/signals.ts';
import { type Command, refuse } from './command.ts';

const NOBODY = 'nobody has this address';

async function onboardingOfEmail(db: Db, email: string): Promise<Onboarding | undefined> {
  const person = await findPersonByEmail(db, email);
  return person && onboardingOf(db, person.id);
}

function found(row: Onboarding): string {
  const step = row.status === 'open' ? `\nstep      ${steps(factsOf(row)).current}` : '';
  const help = row.helpAskedAt ? `\nhelp      asked ${row.helpAskedAt.toISOString()}: ${row.helpReason}` : '';
  return `person    ${row.personId}\nstatus    ${row.status}${step}${help}\nworkflow  ${onboardingWorkflowId(row.id)}`;
}

function invited(row: Onboarding): string {
  const { id, personId, status } = row;
  const again = status === 'open' ? '' : `; it was ${status} and starts again, with everything kept`;
  const senderPasses = needsPassedOn(row)
    ? `\nThe mail has no temporary password. The sender gets a new one to pass on with POST /api/v1/recipients/${personId}/invitation.`
    : '';
  return `the worker sends the invitation now, or when the last one is old enough${again}\nworkflow  ${onboardingWorkflowId(id)}${senderPasses}`;
}

export const PEOPLE_COMMANDS: Command[] = [
  {
    words: 'find EMAIL',
    does: "prints a person's id, status, step, call for help and workflow id",
    async run({ db }, email) {
      const row = await onboardingOfEmail(db, email);
      if (!row) return refuse(NOBODY);
      console.log(found(row));
    },
  },
  {
    words: 'invite EMAIL',
    does: 'sends the invitation again; starts an expired or cancelled onboarding again',
    async run({ db, config }, email) {
      const row = await onboardingOfEmail(db, email);
      if (!row) return refuse(NOBODY);
      const asked = await inviteByOperator(db, row.id, config.INVITE_EVERY);
      if ('refused' in asked)
        return refuse('refused: the account is open, and needs no invitation. The person can sign in');
      console.log(invited(asked.row));
    },
  },
  {
    words: 'erase EMAIL',
    does: 'erases a person for every client: the key, every row, the workflow and its history',
    async run({ db }, email) {
      const row = await onboardingOfEmail(db, email);
      if (!row) return refuse(NOBODY);
      await erasePerson(db, row.personId);
      console.log('erased; the worker deletes the workflow within seconds');
    },
  },
];
