/** Sending organisations and their API keys. */
import { addClient, addKey, findClient } from '../db/clients.ts';
import { type Command, refuse } from './command.ts';

/** A key works this long, so it is replaced in time (ASVS 13.2.1); two may be active at once. */
const KEY_DAYS = 365;

export const CLIENT_COMMANDS: Command[] = [
  {
    words: 'clients add NAME',
    does: 'adds a sending organisation; its name is shown to people',
    async run({ db }, name) {
      if (await findClient(db, name)) return refuse(`there is a client "${name}" already`);
      await addClient(db, name);
      console.log(`"${name}" was added. Make a key for it: npm run instap -- keys add "${name}"`);
    },
  },
  {
    words: 'keys add CLIENT',
    does: `prints a new API key of a client, once; it works for ${KEY_DAYS} days`,
    async run({ db }, name) {
      const client = await findClient(db, name);
      if (!client) return refuse(`there is no client "${name}"`);
      console.log(await addKey(db, { clientId: client.id, days: KEY_DAYS }));
    },
  },
];
