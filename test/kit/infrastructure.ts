/** What a test environment stands on, for as long as one command runs: a PostgreSQL with its tables, and a Temporal in memory. */
import { connect, disconnect, migrate } from '../../db/connect.ts';
import { startPostgres } from '../../tools/local/postgres.ts';
import { asRole } from '../../tools/local/postgresRoles.ts';
import { say } from '../../tools/local/screen.ts';
import { startTemporal, type Temporal } from '../../tools/local/temporal.ts';
import { findTemporal } from '../../tools/local/temporalCli.ts';
import type { Infrastructure } from './environment.ts';

/** How to stop what was started is added to `stops`; to be called last first. `ui`: with the Temporal UI. */
export async function openInfrastructure(
  stops: (() => unknown)[],
  { ui = false }: { ui?: boolean } = {},
): Promise<Infrastructure & { cli: string; temporal: Temporal }> {
  const found = await findTemporal((text) => say('Temporal', text));
  if ('hint' in found) throw new Error(found.hint);
  const postgres = await startPostgres({ durable: false });
  stops.push(postgres.stop);
  const temporal = await startTemporal({ cli: found.cli, ...(ui ? {} : { uiPort: false }) });
  stops.push(temporal.stop);
  const db = connect({
    url: asRole(postgres.url, 'migrate'),
    secretKeys: [{ id: 'k1', key: Buffer.alloc(32) }],
  });
  await migrate(db).finally(() => disconnect(db));
  return { databaseUrl: postgres.url, temporalAddress: temporal.address, cli: found.cli, temporal };
}
