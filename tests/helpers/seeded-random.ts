import { mulberry32 } from './mulberry32.ts';

/** Numbers that look random and are the same whenever the seed is. */
export interface SeededRandom {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/** See SeededRandom. */
export function createSeededRandom(seed: number): SeededRandom {
  const next = mulberry32(seed);
  const below = (end: number): number => Math.floor(next() * end);
  return { below, pick: (choices) => choices[below(choices.length)] ?? choices[0] };
}
