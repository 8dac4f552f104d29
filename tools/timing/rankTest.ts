/** Tests whether two samples of measured times differ, whatever their distribution. */

/**
 * Approximates the complementary error function with a relative error of at most 1.2e-7 (Numerical Recipes, 6.2), for
 * z from 0.
 */
const SERIES = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
  1.00002368, -1.26551223,
];

function erfc(z: number): number {
  const t = 1 / (1 + z / 2);
  return t * Math.exp(-z * z + SERIES.reduce((sum, factor) => sum * t + factor, 0));
}

/**
 * The two-sided Mann–Whitney rank test, by the normal approximation with corrections for ties and continuity: the
 * probability that two samples of the same thing differ as much as these. For 20 or more values each.
 */
export function rankTest(one: number[], other: number[]): number {
  const all = [...one, ...other].sort((a, b) => a - b);
  const first = new Map<number, number>();
  for (const [i, value] of all.entries()) if (!first.has(value)) first.set(value, i);
  const counts = Map.groupBy(all, (value) => value);
  /** Equal values share the mean of their ranks. */
  const rankOf = (value: number) => first.get(value)! + (counts.get(value)!.length + 1) / 2;
  const rankSum = one.reduce((sum, value) => sum + rankOf(value), 0);
  const u = rankSum - (one.length * (one.length + 1)) / 2;
  const [pairs, n] = [one.length * other.length, all.length];
  const tied = [...counts.values()].reduce((sum, { length }) => sum + length ** 3 - length, 0);
  const deviation = Math.sqrt((pairs / 12) * (n + 1 - tied / (n * (n - 1))));
  const distance = Math.max(0, Math.abs(u - pairs / 2) - 0.5);
  return deviation === 0 ? 1 : erfc(distance / deviation / Math.SQRT2);
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
