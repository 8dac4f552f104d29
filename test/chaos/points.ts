/** The moments at which a process is killed, recognised on its connections; the product does not help. */
import type { FaultList } from './faultList.ts';
import type { TapListeners } from './tcpTap.ts';

/** The name of a signal that web sends. */
const SIGNAL =
  /termsAccepted|passwordChanged|smsVerified|smsSkipped|appVerified|appSkipped|profileSaved|addressCorrected|invitationRequested/;
/** The answer contains the run's id. */
const RUN_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
/** The audit entry that opens an account. */
const OPENED = 'onboarding.completed';

/** Longest wait for the web that is about to be killed, in milliseconds. */
const WITHHELD_MS = 3_000;

type Tapped = { faults: FaultList; kill: () => void };

/** Between one web and Temporal. */
export function tapTemporal({ faults, kill }: Tapped): {
  listeners: TapListeners;
  withhold: () => Promise<boolean>;
} {
  let waiting: (() => void)[] = [];
  const listeners: TapListeners = {
    asked(bytes, line) {
      if (!SIGNAL.test(bytes.toString('latin1'))) return undefined;
      line.noticed.add('signal');
      if (!faults.take('after-commit-before-signal')) return undefined;
      kill();
      return 'hold';
    },
    answered(bytes, line) {
      if (!line.noticed.has('signal') || !RUN_ID.test(bytes.toString('latin1'))) return undefined;
      line.noticed.delete('signal');
      if (waiting.length === 0 || !faults.take('after-signal-before-answer')) return undefined;
      kill();
      for (const go of waiting) go();
      waiting = [];
      return 'hold';
    },
  };
  const withhold = () =>
    new Promise<boolean>((resolve) => {
      const late = setTimeout(() => {
        waiting = waiting.filter((one) => one !== go);
        resolve(false);
      }, WITHHELD_MS);
      const go = () => {
        clearTimeout(late);
        resolve(true);
      };
      waiting.push(go);
    });
  return { listeners, withhold };
}

/** Between one worker and PostgreSQL. `works`: an account was opened by it, begun then. */
export function tapPostgres({
  faults,
  kill,
  works,
}: Tapped & { works: (begunAt: number) => void }): TapListeners {
  const begun = new WeakMap<object, number>();
  return {
    asked(bytes, line) {
      const text = bytes.toString('latin1');
      if (text.includes(OPENED)) {
        line.noticed.add('opening');
        begun.set(line, Date.now());
        if (faults.take('in-activation-before-commit')) {
          kill();
          return 'hold';
        }
      }
      if (line.noticed.has('opening') && /commit/i.test(text)) {
        line.noticed.delete('opening');
        line.noticed.add('committed');
      }
      return undefined;
    },
    answered(_bytes, line) {
      if (!line.noticed.delete('committed')) return undefined;
      works(begun.get(line)!);
      if (!faults.take('in-activation-after-commit')) return undefined;
      kill();
      return 'hold';
    },
  };
}
