/**
 * Numbers from 0 up to, not including, 1, which look random and are the same whenever the seed is: the generator
 * mulberry32 (Tommy Ettinger, 2017). Its 32 bits of state are plenty for tests.
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
