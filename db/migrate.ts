/** `npm run migrate`: brings the database's tables up to date. */
import { configOrExit, startOrExit } from '../starting.ts';
import { connect, disconnect, migrate } from './connect.ts';

const config = configOrExit();
const db = connect({ url: config.DATABASE_URL, secretKeys: config.SECRET_KEYS });
try {
  const applied = await startOrExit(config, () => migrate(db));
  console.log(applied.length ? `migrated: ${applied.join(', ')}` : 'the tables are up to date');
} finally {
  await disconnect(db);
}
