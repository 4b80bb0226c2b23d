import { createHash } from 'node:crypto';
import { mulberry32 } from '../helpers/mulberry32.ts';

/** Chance that repeats itself: the same seed and agent give the same numbers in the same order. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  chance(probability: number): boolean;
  /** One of them; undefined when there is none. */
  pick<T>(items: readonly T[]): T | undefined;
  /** One of the names, in proportion to their weights. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T;
}

/** Every agent of a run has its own, by its name, so that none depends on how far the others are. */
export function createRandom(seed: string, agent: string): Random {
  const next = mulberry32(createHash('sha256').update(`${seed} ${agent}`).digest().readUInt32LE(0));
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)],
    weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
      const entries = Object.entries<number>(weights);
      let rest = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const isName = (name: string): name is T => Object.hasOwn(weights, name);
      for (const [name, weight] of entries) {
        rest -= weight;
        if (rest < 0 && isName(name)) return name;
      }
      throw new Error('There is nothing to choose from.');
    },
  };
}
