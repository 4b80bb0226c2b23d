import { mulberry32 } from './mulberry32.ts';

/** Numbers at random that a failed run can be repeated with. */
export interface ChaosRandom {
  seed: number;
  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** The items in a random order. */
  shuffled<T>(items: readonly T[]): T[];
}

/** Takes the seed from CHAOS_SEED, or makes one, and prints it. */
export function createChaosRandom(): ChaosRandom {
  const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`Run with CHAOS_SEED=${seed} to repeat the choices of this run.`);
  const next = mulberry32(seed);
  return {
    seed,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    shuffled: (items) =>
      items
        .map((item) => ({ item, place: next() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ item }) => item),
  };
}
