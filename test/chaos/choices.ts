/** Random-looking choices that a seed reproduces, so that a run that found something can be repeated. */

export type Choices = {
  /** A whole number from 0 up to, but not including, `below`. */
  whole(below: number): number;
  /** From `from` up to `to`. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  oneOf<T>(list: readonly T[]): T;
};

/** `name` gives each chooser of a run its own sequence, so that none depends on another's speed. */
export function choicesOf(seed: number, name: string): Choices {
  let state = [...name].reduce((sum, sign) => Math.imul(sum ^ sign.charCodeAt(0), 0x01000193), seed | 0);
  // mulberry32
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const whole = (below: number) => Math.floor(next() * below);
  return {
    whole,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    oneOf: (list) => list[whole(list.length)]!,
  };
}
