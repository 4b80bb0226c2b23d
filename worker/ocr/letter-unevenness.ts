import type { Component } from './label-components.ts';
import type { LetterChain } from './chain-letters.ts';
import type { LetterUnevenness } from './text-region.ts';

/**
 * How unlike the letters of a line are: those of one font have heights of a kind, and ink has one brightness.
 * `contrast`, in levels of 255, is what their brightness is compared with.
 */
export function measureUnevenness(
  { letters, height }: Pick<LetterChain, 'letters' | 'height'>,
  contrast: number,
): LetterUnevenness {
  const deviationOf = (valueOf: (letter: Component) => number): number => deviation(letters.map(valueOf));
  return {
    height: deviationOf(({ top, bottom }) => bottom - top) / height,
    luma: Math.min(1, deviationOf(({ luma }) => luma) / (1 + contrast)),
  };
}

/** The standard deviation of some numbers. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
