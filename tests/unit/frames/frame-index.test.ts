import { describe, expect, it } from '@jest/globals';
import { frameIndexAt } from '../../../worker/frames/presentation-times.ts';

describe('frameIndexAt', () => {
  const times = Float64Array.of(0, 700, 1400, 1500);

  it.each([
    [0, 0],
    [699.6, 1],
    [700.4, 1],
    [1449, 2],
    [1451, 3],
    [-50, 0],
    [99_999, 3],
  ])('finds the frame nearest to %d ms', (timeMs, expected) => {
    expect(frameIndexAt(times, timeMs)).toBe(expected);
  });
});
