/** What must not compile. tsc, in `npm run check`, says so when one of these lines is no longer an error. */
import type { Db } from '../db/connect.ts';

export async function wrongNames({ sql }: Db) {
  // @ts-expect-error: no such table
  sql('persons');
  const people = sql('person');
  // @ts-expect-error: no such column, in each place where one is named
  people.where({ emial: 'anna@example.com' });
  // @ts-expect-error
  people.where('emial', 'anna@example.com');
  // @ts-expect-error
  people.whereNull('emial');
  // @ts-expect-error
  people.whereIn('emial', ['anna@example.com']);
  // @ts-expect-error
  people.orderBy('emial');
  // @ts-expect-error
  people.select('id', 'emial');
  // @ts-expect-error
  people.first('emial');
  // @ts-expect-error
  people.pluck('emial');
  // @ts-expect-error
  people.update({ emial: 'anna@example.com' });
  // @ts-expect-error
  people.delete().returning('emial');
  // @ts-expect-error
  people.insert({ ...NOBODY, emial: 'anna@example.com' }).onConflict('id');
  // @ts-expect-error
  people.insert(NOBODY).onConflict('emial');
  // @ts-expect-error: the name that it has in PostgreSQL
  people.first('email_index');
  // @ts-expect-error: knex finds it under the name that PostgreSQL gives it
  people.pluck('emailIndex');
  // @ts-expect-error: no such column of that table
  sql('message').join('person', 'person.id', 'message.email');
  // @ts-expect-error: which one of the two?
  sql('message').join('person', 'person.id', 'message.personId').first('createdAt');
  // @ts-expect-error: not selected
  (await people.first('id'))?.email;
}

export async function wrongTypes({ sql }: Db) {
  const rows = sql('onboarding');
  // @ts-expect-error: a text is no number
  rows.where({ lastReminder: '1' });
  // @ts-expect-error
  rows.where('version', '>', 'one');
  // @ts-expect-error: none of its words
  rows.update({ status: 'finished' });
  // @ts-expect-error: never null
  rows.update({ progressedAt: null });
  // @ts-expect-error: only the database writes it
  rows.update({ shouldRun: true });
  // @ts-expect-error: columns that have no default are missing
  rows.insert({ id: 'id' });
  // @ts-expect-error: a bigint is read and written as text
  sql('app_factor').update({ lastStep: 1 });
  // @ts-expect-error: json is written as text
  sql('audit').update({ details: { days: 1 } });
  // @ts-expect-error: there may be none
  (await rows.first()).id;
  // @ts-expect-error: it may be null
  (await rows.first('endedAt'))?.endedAt.getTime();
  // @ts-expect-error: what a statement gives has to be said
  (await sql.raw('select 1 as one')).rows[0].one;
  // @ts-expect-error: a time is no number
  (await rows.first('progressedAt'))?.progressedAt.toFixed();
}

const NOBODY = { id: '', emailIndex: '', dataKey: '', email: '', locale: 'nl' } as const;
