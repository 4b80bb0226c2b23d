import { describe, expect, it } from '@jest/globals';
import { type JudgedFrame, scoreTracking } from '../../evaluation/tracking-metrics.ts';

const box = (x: number) => ({ x, y: 0.1, width: 0.1, height: 0.1 });
const frame = (truth: [number, number][], answer: [number, number][]): JudgedFrame => ({
  truth: truth.map(([id, x]) => ({ id, box: box(x) })),
  answer: answer.map(([id, x]) => ({ id, box: box(x) })),
});

describe('scoreTracking', () => {
  it('finds nothing wrong with the truth under other names', () => {
    const frames = [0, 1, 2].map(() => frame([[1, 0], [2, 0.5]], [[7, 0.5], [9, 0]])); // prettier-ignore
    expect(scoreTracking(frames)).toEqual({
      identitySwitches: 0,
      fragmentations: 0,
      mota: 1,
      idf1: 1,
      objects: 2,
      tracks: 2,
    });
  });

  it('counts switches, misses, false positives and fragments by their definitions', () => {
    const frames = [
      frame([[1, 0]], [[1, 0]]),
      frame([[1, 0]], [[1, 0]]),
      frame([[1, 0]], []),
      frame([[1, 0]], [[2, 0], [3, 0.8]]), // prettier-ignore
    ];
    // One miss, one false positive, one switch of four boxes; two boxes with the best identity of 4 and 4.
    expect(scoreTracking(frames)).toMatchObject({
      identitySwitches: 1,
      fragmentations: 1,
      mota: 0.25,
      idf1: 0.5,
    });
  });

  it('counts two objects that swap their tracks as two switches', () => {
    const frames = [
      frame([[1, 0], [2, 0.5]], [[1, 0], [2, 0.5]]), // prettier-ignore
      frame([[1, 0], [2, 0.5]], [[2, 0], [1, 0.5]]), // prettier-ignore
    ];
    expect(scoreTracking(frames)).toMatchObject({ identitySwitches: 2, mota: 0.5, idf1: 0.5 });
  });

  it('keeps a correspondence that still overlaps by half, though another track fits better', () => {
    const frames = [frame([[1, 0]], [[1, 0]]), frame([[1, 0]], [[2, 0], [1, 0.03]])]; // prettier-ignore
    expect(scoreTracking(frames)).toMatchObject({ identitySwitches: 0, mota: 0.5 });
  });

  it('takes boxes that overlap by less than half for a miss and a false positive', () => {
    expect(scoreTracking([frame([[1, 0]], [[1, 0.06]])])).toMatchObject({ mota: -1, idf1: 0 });
  });
});
