/** `npm run instap -- …`: what the Temporal UI can't do. */
import { Client, Connection } from '@temporalio/client';
import { checkKeysOrExit } from '../checkKeys.ts';
import { type Config, configOrExit } from '../config.ts';
import { connect, disconnect, isDatabaseAway } from '../db/connect.ts';
import { CLIENT_COMMANDS } from './clients.ts';
import { type Command, refuse } from './command.ts';
import { ENGINE_COMMANDS } from './engine.ts';
import { MANY_COMMANDS } from './many.ts';
import { PEOPLE_COMMANDS } from './people.ts';
import { SENDING_COMMANDS } from './sendings.ts';

const EX_USAGE = 64;
/** How long the engine may take to answer at first, in milliseconds. */
const CONNECT_WITHIN_MS = 5_000;

const COMMANDS: Command[] = [
  ...CLIENT_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...MANY_COMMANDS,
  ...SENDING_COMMANDS,
  ...ENGINE_COMMANDS,
];

function help(): void {
  const width = Math.max(...COMMANDS.map(({ words }) => words.length)) + 2;
  console.log(
    ['npm run instap -- …', ...COMMANDS.map(({ words, does }) => `  ${words.padEnd(width)}${does}`)].join(
      '\n',
    ),
  );
}

/** An engine or a database that is away: the message says which, and no stack is of use. */
class Away extends Error {}

async function connectEngine({ temporal }: Config): Promise<Client> {
  const { connectionOptions, namespace } = temporal;
  const { address = 'localhost:7233' } = connectionOptions;
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_WITHIN_MS });
    return new Client({ connection, namespace });
  } catch (error) {
    throw new Away(`the engine does not answer at ${address}: is TEMPORAL_ADDRESS right?`, { cause: error });
  }
}

async function run(command: Command, given: string): Promise<void> {
  const config = configOrExit();
  await checkKeysOrExit(config);
  const db = connect({ url: config.DATABASE_URL, secretKeys: config.SECRET_KEYS });
  let connecting: Promise<Client> | undefined;
  const engine = () => {
    connecting ??= connectEngine(config);
    return connecting;
  };
  try {
    await command.run({ db, config, engine }, given);
  } catch (error) {
    if (error instanceof Away) refuse(error.message);
    else if (isDatabaseAway(error)) refuse('the database does not answer: is DATABASE_URL right?');
    else throw error;
  } finally {
    await disconnect(db);
    await connecting?.then(
      ({ connection }) => connection.close(),
      () => undefined,
    );
  }
}

const typed = process.argv.slice(2);
const command = COMMANDS.find(({ words }) => {
  const names = words.split(' ').filter((word) => word === word.toLowerCase());
  return names.every((name, i) => typed[i] === name) && typed.length === words.split(' ').length;
});
if (command) await run(command, typed.at(-1)!);
else {
  help();
  const asked = ['help', '--help', '-h', undefined].includes(typed[0]);
  if (!asked)
    console.error(
      `\nno such command, or not so many words: ${typed.join(' ')}. A name with spaces goes in quotes.`,
    );
  process.exitCode = asked ? 0 : EX_USAGE;
}
