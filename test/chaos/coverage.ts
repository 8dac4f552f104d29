/** Counts what simulated users do that is hard on services. */

const BEHAVIOURS = [
  'double-click',
  'two-tabs',
  'other-device',
  'wrong-code',
  'help',
  'forgotten-password',
  'came-back',
  'passed-on',
  'reminded',
  'stopped',
  'retry-storm',
  'erased',
  'address-unread',
  'address-refused',
  'address-half-way',
  'address-repeated',
  'invited-again',
  'invited-when-expired',
  'invited-when-cancelled',
] as const;

export type Behaviour = (typeof BEHAVIOURS)[number];

export type Coverage = { count(behaviour: Behaviour): void; counts(): Record<Behaviour, number> };

export function createCoverage(): Coverage {
  const counts = Object.fromEntries(BEHAVIOURS.map((behaviour) => [behaviour, 0])) as Record<
    Behaviour,
    number
  >;
  return {
    count(behaviour) {
      counts[behaviour] += 1;
    },
    counts: () => ({ ...counts }),
  };
}
