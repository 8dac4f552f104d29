/** The median and the slow end of measured times, in milliseconds; `n`: their number. */
export type Spread = { p50: number; p95: number; p99: number; n: number };

export function spreadOf(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), n: sorted.length };
}
