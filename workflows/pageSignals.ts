/** Signals from the pages, senders and providers: the new snapshot, and what caused it. */
import { defineSignal, setHandler } from '@temporalio/workflow';
import { SIGNALS, type SignalName } from '../domain/signals.ts';
import { isSnapshot } from '../domain/snapshot.ts';
import type { Run } from './run.ts';

export function listenToSignals(run: Run): void {
  for (const [name, description] of Object.entries(SIGNALS) as [SignalName, string][])
    setHandler(
      defineSignal<[unknown]>(name),
      (said) => {
        run.applySignal(said);
        // The database was restored from a backup, or this run was reset: the higher version is not the right one.
        if (name === 'reconciled' && isSnapshot(said) && run.isLoaded && said.version < run.snapshot.version)
          run.readAgain();
      },
      { description },
    );
}
