/** Sending organisations and their API keys. */
import { addClient, addKey, clients, findClient, keysOf, revokeKey } from '../db/clients.ts';
import { isUuid } from '../db/uuid.ts';
import { type Command, refuse } from './command.ts';

/**
 * Keys expire, so that they are replaced in time (ASVS 13.2.1); two may be active at once, to replace one without a
 * gap.
 */
const KEY_DAYS = 365;
const KEYS_AT_ONCE = 2;
/** The same rule as in the API, because people see the name. */
const ONE_LINE = /^(?=.*\S)\P{Cc}{1,100}$/u;

const day = (at: Date) => at.toISOString().slice(0, 10);

export const CLIENT_COMMANDS: Command[] = [
  {
    words: 'clients add NAME',
    does: 'add a sending organisation; people see its name',
    async run({ db }, name) {
      if (!ONE_LINE.test(name)) return refuse('give a name of 1 to 100 characters on one line');
      if (await findClient(db, name)) return refuse(`client "${name}" already exists`);
      await addClient(db, name);
      console.log(`"${name}" was added. Make a key for it: npm run instap -- keys add "${name}"`);
    },
  },
  {
    words: 'keys add CLIENT',
    does: `make an API key for a client and print it, once; it is valid for ${KEY_DAYS} days`,
    async run({ db }, name) {
      const client = await findClient(db, name);
      if (!client) return refuse(`no client "${name}"`);
      if ((await keysOf(db, client.id)).length >= KEYS_AT_ONCE)
        return refuse(
          `${KEYS_AT_ONCE} keys of "${name}" work already: revoke one first, keys list "${name}" shows them`,
        );
      console.log(await addKey(db, { clientId: client.id, days: KEY_DAYS }));
    },
  },
  {
    words: 'clients list',
    does: 'list the sending organisations',
    async run({ db }) {
      for (const { name } of await clients(db)) console.log(name);
    },
  },
  {
    words: 'keys list CLIENT',
    does: 'list the valid API keys of a client, by id, with their end dates',
    async run({ db }, name) {
      const client = await findClient(db, name);
      if (!client) return refuse(`no client "${name}"`);
      for (const { id, createdAt, expiresAt } of await keysOf(db, client.id))
        console.log(`${id}  created ${day(createdAt)}  valid until ${day(expiresAt)}`);
    },
  },
  {
    words: 'keys revoke ID',
    does: 'revokes a key at once, for example when it leaked',
    async run({ db }, id) {
      if (!isUuid(id) || !(await revokeKey(db, id))) return refuse('there is no key of this id that works');
      console.log('revoked: calls with it are answered 401 from now on');
    },
  },
];
