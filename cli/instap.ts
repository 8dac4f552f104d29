/** `npm run instap -- …`: what the Temporal UI can't do. */
import { Client, Connection } from '@temporalio/client';
import { connect, disconnect } from '../db/connect.ts';
import { checkKeys } from '../processes/checkKeys.ts';
import type { Config } from '../processes/config.ts';
import { configOrExit, engineTrouble, exitForMistakes, troubleOf } from '../processes/starting.ts';
import { CLIENT_COMMANDS } from './clients.ts';
import { type Command, refuse, runAudited } from './command.ts';
import { ENGINE_COMMANDS } from './engine.ts';
import { MANY_COMMANDS } from './many.ts';
import { PEOPLE_COMMANDS } from './people.ts';
import { PERSON_IS } from './person.ts';
import { SENDING_COMMANDS } from './sendings.ts';
import { WATCH_COMMANDS } from './watch.ts';

const EX_USAGE = 64;
/** How long the engine may take to answer at first, in milliseconds. */
const ANSWER_WITHIN_MS = 5_000;

const COMMANDS: Command[] = [
  ...CLIENT_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...MANY_COMMANDS,
  ...SENDING_COMMANDS,
  ...ENGINE_COMMANDS,
  ...WATCH_COMMANDS,
];

function help(): void {
  const width = Math.max(...COMMANDS.map(({ words }) => words.length)) + 2;
  const commands = COMMANDS.map(({ words, does }) => `  ${words.padEnd(width)}${does}`);
  console.log(['npm run instap -- …', ...commands, '', PERSON_IS].join('\n'));
}

/** The message says why, and no stack is of use. */
class EngineTrouble extends Error {}

async function connectEngine({ temporal }: Config): Promise<Client> {
  const { connectionOptions, namespace } = temporal;
  const connection = Connection.lazy(connectionOptions);
  try {
    await connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return new Client({ connection, namespace });
  } catch (error) {
    await connection.close();
    throw new EngineTrouble(engineTrouble(error, temporal), { cause: error });
  }
}

async function run(command: Command, given: string): Promise<void> {
  const config = configOrExit();
  const db = connect({ url: config.DATABASE_URL, secretKeys: config.SECRET_KEYS });
  let connecting: Promise<Client> | undefined;
  const engine = () => {
    connecting ??= connectEngine(config);
    return connecting;
  };
  try {
    await checkKeys(db);
    await runAudited(command, { db, config, engine }, given);
  } catch (error) {
    if (error instanceof EngineTrouble) return refuse(error.message);
    const trouble = troubleOf(error, config);
    if (!trouble) throw error;
    if ('mistakes' in trouble) exitForMistakes(trouble.mistakes);
    refuse(trouble.reason);
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
      `\nunknown command, or wrong number of arguments: ${typed.join(' ')}. Put a name with spaces in quotes.`,
    );
  process.exitCode = asked ? 0 : EX_USAGE;
}
