/** The web process. SIGTERM: requests under way finish, then it goes. */
import pino from 'pino';
import { checkKeysOrExit } from '../checkKeys.ts';
import { configOrExit } from '../config.ts';
import { startWeb } from './run.ts';

const config = configOrExit();
await checkKeysOrExit(config);
const log = pino({ level: config.LOG_LEVEL, base: { part: 'web' } });
const web = await startWeb({ config, log });
process.once('SIGTERM', web.stop);
process.once('SIGINT', web.stop);
