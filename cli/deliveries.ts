/** What was sent to one person, try by try. */
import { triesOf } from '../db/sendTries.ts';
import type { SendTryRow } from '../db/tables.ts';
import { type Command, refuse } from './command.ts';
import { findPerson } from './person.ts';
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

export const DELIVERY_COMMANDS: Command[] = [
  {
    words: 'deliveries PERSON',
    does: 'list the newest mails and SMS to a person: every attempt and its outcome',
    async run({ db }, given) {
      const found = await findPerson(db, given);
      if ('refused' in found) return refuse(found.refused);
      const tries = await triesOf(db, found.personId);
      console.log(tries.length ? table([HEAD, ...tries.map(lineOf)]) : 'nothing has been sent yet');
    },
  },
];
