/** The configuration of a Temporal server with all its services in one process. */
import { anyFreePort, freePort } from '../product.ts';

const SERVICES = ['frontend', 'history', 'matching', 'worker'];
/** The server stores it in a smallint, which cannot hold the ephemeral ports of the system. */
const LOWEST_MEMBERSHIP_PORT = 16_933;
const CONNECTIONS = 20;
const HOST = '127.0.0.1';

/** `port`: of the frontend. `dynamicConfig`: a file. */
export async function clusterConfig(given: { database: URL; port: number; dynamicConfig: string }) {
  const { database, port, dynamicConfig } = given;
  const frontend = `${HOST}:${port}`;
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: {
        default: storeIn(database, 'temporal'),
        visibility: storeIn(database, 'temporal_visibility'),
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: HOST } },
    services: await servicesWith(port),
    clusterMetadata: {
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: frontend },
      },
    },
    publicClient: { hostPort: frontend },
    dynamicConfigClient: { filepath: dynamicConfig, pollInterval: '60s' },
  };
}

const storeIn = (database: URL, databaseName: string) => ({
  sql: {
    pluginName: 'postgres12_pgx',
    databaseName,
    connectAddr: database.host,
    connectProtocol: 'tcp',
    user: database.username,
    password: decodeURIComponent(database.password),
    maxConns: CONNECTIONS,
    maxIdleConns: CONNECTIONS,
  },
});

async function servicesWith(port: number): Promise<Record<string, object>> {
  const services: Record<string, object> = {};
  for (const name of SERVICES) {
    const grpcPort = name === 'frontend' ? port : await anyFreePort();
    const membershipPort = await freePort(LOWEST_MEMBERSHIP_PORT);
    services[name] = { rpc: { grpcPort, membershipPort, bindOnIP: HOST } };
  }
  return services;
}
