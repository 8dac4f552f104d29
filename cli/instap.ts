/** `npm run instap -- …`: what the Temporal UI cannot do. */
import { Client, Connection } from '@temporalio/client';
import { connect, disconnect } from '../db/connect.ts';
import { checkKeys } from '../processes/checkKeys.ts';
import type { Config } from '../processes/config.ts';
import {
  configOrExit,
  describeEngineFailure,
  exitForWrongSettings,
  explainStartFailure,
} from '../processes/starting.ts';
import { CLIENT_COMMANDS } from './clients.ts';
import { type Command, refuse, runAudited } from './command.ts';
import { DELIVERY_COMMANDS } from './deliveries.ts';
import { ENGINE_COMMANDS } from './engine.ts';
import { MANY_COMMANDS } from './many.ts';
import { PEOPLE_COMMANDS } from './people.ts';
import { PERSON_IS } from './person.ts';
import { WATCH_COMMANDS } from './watch.ts';

const EX_USAGE = 64;
/** Time limit for Temporal's first answer, in milliseconds. */
const ANSWER_WITHIN_MS = 5_000;

const COMMANDS: Command[] = [
  ...CLIENT_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...MANY_COMMANDS,
  ...DELIVERY_COMMANDS,
  ...ENGINE_COMMANDS,
  ...WATCH_COMMANDS,
];

/** Earlier names, by the words that were typed, with the names that replaced them. */
const RENAMED: Record<string, string> = {
  'keys end': 'keys revoke',
  sendings: 'deliveries',
  failing: 'failing-workflows',
};

function help(): void {
  const width = Math.max(...COMMANDS.map(({ words }) => words.length)) + 2;
  const commands = COMMANDS.map(({ words, does }) => `  ${words.padEnd(width)}${does}`);
  console.log(['npm run instap -- …', ...commands, '', PERSON_IS].join('\n'));
}

/** The message says why; a stack would not help. */
class EngineUnreachable extends Error {}

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
    throw new EngineUnreachable(describeEngineFailure(error, temporal), { cause: error });
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
    if (error instanceof EngineUnreachable) return refuse(error.message);
    const startFailure = explainStartFailure(error, config);
    if (!startFailure) throw error;
    if ('errors' in startFailure) exitForWrongSettings(startFailure.errors);
    refuse(startFailure.reason);
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
const renamed = RENAMED[typed.slice(0, 2).join(' ')] ?? RENAMED[typed[0] ?? ''];
if (command) await run(command, typed.at(-1)!);
else if (renamed) {
  console.error(`renamed: use ${renamed}`);
  process.exitCode = EX_USAGE;
} else {
  help();
  const asked = ['help', '--help', '-h', undefined].includes(typed[0]);
  if (!asked)
    console.error(
      `\nunknown command, or wrong number of arguments: ${typed.join(' ')}. Put a name with spaces in quotes.`,
    );
  process.exitCode = asked ? 0 : EX_USAGE;
}
