/** The rank test of `npm run timing`, against worked examples. */
import { expect, it } from 'vitest';
import { median, rankTest } from './rankTest.ts';

const range = (count: number, from = 0, step = 1) => Array.from({ length: count }, (_, i) => from + i * step);

it.each([
  // Hollander and Wolfe, 1973, page 69: W is 35, so z is 9.5 / 8.165.
  [[0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.9, 0.74, 1.21], 0.2446],
  // Two values occur three times: U is 13 of 16, the variance 16 / 12 * (9 - 48 / 56), z is 4.5 / 3.295.
  [[2, 3, 3, 4], [1, 2, 2, 3], 0.172],
  [[5, 5, 5], [5, 5], 1],
])('of a worked example: %o and %o', (one, other, p) => {
  expect(rankTest(one, other)).toBeCloseTo(p, 4);
  expect(rankTest(other, one)).toBeCloseTo(p, 4);
});

it('finds a small shift in 200 of each, and none where there is none', () => {
  expect(rankTest(range(200), range(200, 0.5))).toBeGreaterThan(0.9);
  expect(rankTest(range(200), range(200, 40))).toBeLessThan(1e-6);
  // No value of one sample exceeds any of the other: z is 17.3.
  expect(Math.log10(rankTest(range(200), range(200, 1_000)))).toBeCloseTo(-66.3, 1);
});

it('the median is the middle, or between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});
