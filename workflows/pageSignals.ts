/** What the pages, the senders and the providers say: how things stand, and why they say so. */
import { defineSignal, setHandler } from '@temporalio/workflow';
import { SIGNALS, type SignalName } from '../domain/signals.ts';
import { isSnapshot } from '../domain/snapshot.ts';
import type { Run } from './run.ts';

export function listenToSignals(run: Run): void {
  for (const [name, description] of Object.entries(SIGNALS) as [SignalName, string][])
    setHandler(
      defineSignal<[unknown]>(name),
      (said) => {
        run.hear(said);
        // The database went back to a backup, or this run did: the higher version is not the right one.
        if (name === 'reconciled' && isSnapshot(said) && run.isLoaded && said.version < run.snapshot.version)
          run.readAgain();
      },
      { description },
    );
}
