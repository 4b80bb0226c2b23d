/** Numbers that look random and are the same whenever the seed is. */
export interface SeededRandom {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/** The generator "mulberry32": 32 bits of state, which is plenty for test data. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return { below, pick: (choices) => choices[below(choices.length)] ?? choices[0] };
}
