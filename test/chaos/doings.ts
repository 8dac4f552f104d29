/** What people of a run do that services find hard, and how often they did. */

const DOINGS = [
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

export type Doing = (typeof DOINGS)[number];

export type Doings = { did(doing: Doing): void; counts(): Record<Doing, number> };

export function createDoings(): Doings {
  const counts = Object.fromEntries(DOINGS.map((doing) => [doing, 0])) as Record<Doing, number>;
  return {
    did(doing) {
      counts[doing] += 1;
    },
    counts: () => ({ ...counts }),
  };
}
