/** `npm run instap -- …`: what the Temporal UI can't do. */
import { configOrExit } from '../config.ts';
import { addClient, addKey, findClient } from '../db/clients.ts';
import { connect, type Db, disconnect } from '../db/connect.ts';
import { onboardingOf } from '../db/onboardings.ts';
import { findPersonByEmail } from '../db/people.ts';
import { erasePerson } from '../db/relations.ts';
import { onboardingWorkflowId } from '../workflows/messages.ts';

/** A key works this long, so it is replaced in time (ASVS 13.2.1); two may be active at once. */
const KEY_DAYS = 365;
const EX_USAGE = 64;

type Command = { words: string; does: string; run: (db: Db, ...given: string[]) => Promise<void> };

const COMMANDS: Command[] = [
  {
    words: 'clients add NAME',
    does: 'adds a sending organisation; its name is shown to people',
    async run(db, name = '') {
      if (await findClient(db, name)) return refuse(`there is a client "${name}" already`);
      await addClient(db, name);
      console.log(`"${name}" was added. Make a key for it: npm run instap -- keys add "${name}"`);
    },
  },
  {
    words: 'keys add CLIENT',
    does: `prints a new API key of a client, once; it works for ${KEY_DAYS} days`,
    async run(db, name = '') {
      const client = await findClient(db, name);
      if (!client) return refuse(`there is no client "${name}"`);
      console.log(await addKey(db, { clientId: client.id, days: KEY_DAYS }));
    },
  },
  {
    words: 'find EMAIL',
    does: "prints a person's id, status and workflow id",
    async run(db, email = '') {
      const person = await findPersonByEmail(db, email);
      const row = person && (await onboardingOf(db, person.id));
      if (!row) return refuse('nobody has this address');
      console.log(
        `person    ${row.personId}\nstatus    ${row.status}\nworkflow  ${onboardingWorkflowId(row.id)}`,
      );
    },
  },
  {
    words: 'erase EMAIL',
    does: 'erases a person for every client: the key, every row, the workflow and its history',
    async run(db, email = '') {
      const person = await findPersonByEmail(db, email);
      if (!person) return refuse('nobody has this address');
      await erasePerson(db, person.id);
      console.log('erased; the worker deletes the workflow within seconds');
    },
  },
];

function refuse(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}

function help(): void {
  const width = Math.max(...COMMANDS.map(({ words }) => words.length)) + 2;
  console.log(
    ['npm run instap -- …', ...COMMANDS.map(({ words, does }) => `  ${words.padEnd(width)}${does}`)].join(
      '\n',
    ),
  );
}

const given = process.argv.slice(2);
const command = COMMANDS.find(({ words }) => {
  const names = words.split(' ').filter((word) => word === word.toLowerCase());
  return names.every((name, i) => given[i] === name) && given.length === words.split(' ').length;
});
if (!command) {
  help();
  process.exitCode = ['help', undefined].includes(given[0]) ? 0 : EX_USAGE;
} else {
  const config = configOrExit();
  const db = connect({ url: config.DATABASE_URL, secretKeys: config.SECRET_KEYS });
  await command.run(db, given.at(-1)!).finally(() => disconnect(db));
}
