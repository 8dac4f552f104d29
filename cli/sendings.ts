/** What was sent to one person, try by try. */
import { findPersonByEmail } from '../db/people.ts';
import { triesOf } from '../db/sendTries.ts';
import type { SendTryRow } from '../db/tables.ts';
import { type Command, refuse } from './command.ts';
import { table } from './table.ts';

const HEAD = ['time (UTC)', 'by', 'what', 'outcome', 'reason', 'receipt'];

const lineOf = ({ begunAt, channel, kind, outcome, reason, receipt }: SendTryRow): string[] => [
  begunAt.toISOString().slice(0, 19).replace('T', ' '),
  channel,
  kind,
  outcome ?? 'under way',
  reason ?? '',
  receipt ?? '',
];

export const SENDING_COMMANDS: Command[] = [
  {
    words: 'sendings EMAIL',
    does: 'lists the newest mails and SMS to a person, try by try, and what became of each',
    async run({ db }, email) {
      const person = await findPersonByEmail(db, email);
      if (!person) return refuse('nobody has this address');
      const tries = await triesOf(db, person.id);
      console.log(tries.length ? table([HEAD, ...tries.map(lineOf)]) : 'nothing was sent yet');
    },
  },
];
