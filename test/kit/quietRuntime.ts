/** The SDK's runtime, of which a process has one: it says errors only, and leaves signals to the tests. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

let isInstalled = false;

export function installQuietRuntime(): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}
