/** The web process. At SIGTERM /readyz reports it for DRAIN_WAIT, requests under way finish, then the process exits. */
import pino from 'pino';
import { PASSWORD_COST } from '../db/secrets.ts';
import { checkKeysAtStart } from './checkKeys.ts';
import { configOrExit, startOrExit } from './starting.ts';
import { startWeb } from './startWeb.ts';

const config = configOrExit();
const log = pino({ level: config.LOG_LEVEL, base: { part: 'web' } });
const web = await startOrExit(config, async () => {
  await checkKeysAtStart(config, log);
  return startWeb({ config, log, passwordCost: PASSWORD_COST });
});
process.once('SIGTERM', web.stop);
process.once('SIGINT', web.stop);
// Last, because a caller that waits for this line may stop the process right away.
log.info({ port: web.port, url: config.PUBLIC_URL.origin }, 'web ready');
