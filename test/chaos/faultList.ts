/** Every kind of fault, and how often it struck. A kind that never struck proves nothing, so the run fails. */

/** `kill-all`: every process at once. */
export const KILLS = ['kill-web', 'kill-worker', 'kill-temporal', 'kill-postgres', 'kill-all'] as const;

/** A kill at one particular moment. */
export const POINTS = [
  'before-handling',
  'after-commit-before-signal',
  'after-signal-before-answer',
  'after-smtp-250',
  'after-twilio-201',
  'at-timer',
  'in-activation-before-commit',
  'in-activation-after-commit',
] as const;

/** Faults of the mail server and the SMS provider. */
export const PROVIDER_FAULTS = [
  'smtp-refuse',
  'smtp-hang',
  'smtp-drop',
  'smtp-slow',
  'twilio-refuse',
  'twilio-hang',
  'twilio-drop',
  'twilio-slow',
] as const;

export const FAULTS = [...KILLS, ...POINTS, ...PROVIDER_FAULTS, 'clock-skew'] as const;

export type Kill = (typeof KILLS)[number];
export type Point = (typeof POINTS)[number];
export type ProviderFault = (typeof PROVIDER_FAULTS)[number];
export type Fault = (typeof FAULTS)[number];

export type FaultList = {
  /** It struck: judged by its effect, not by the intention. */
  struck(fault: Fault): void;
  counts(): Record<Fault, number>;
  /** The next moment of this kind is to be used … */
  arm(fault: Point | ProviderFault): void;
  disarm(fault: Point | ProviderFault): void;
  isArmed(fault: Point | ProviderFault): boolean;
  /** … by the first process that reaches it: true once, and it struck. */
  take(fault: Point | ProviderFault): boolean;
};

export function createFaultList(): FaultList {
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
  const armed = new Set<Fault>();
  const struck = (fault: Fault) => {
    counts[fault] += 1;
  };
  return {
    struck,
    counts: () => ({ ...counts }),
    arm: (fault) => void armed.add(fault),
    disarm: (fault) => void armed.delete(fault),
    isArmed: (fault) => armed.has(fault),
    take(fault) {
      if (!armed.delete(fault)) return false;
      struck(fault);
      return true;
    },
  };
}
