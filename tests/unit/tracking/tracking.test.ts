import { describe, expect, it } from '@jest/globals';
import type { Detection } from '../../../src/results/results-document.ts';
import { intersectionOverUnion } from '../../../worker/tracking/intersection-over-union.ts';
import { createObjectTracker } from '../../../worker/tracking/object-tracks.ts';

const at = (x: number, label = 'person', confidence = 0.9): Detection => ({
  label,
  confidence,
  box: { x, y: 0.1, width: 0.2, height: 0.4 },
});
const position = (index: number) => ({ frameIndex: index * 25, timestampMs: index * 1000 });

describe('intersectionOverUnion', () => {
  it('is 1 for equal boxes, 0 for apart and touching ones, and symmetric between', () => {
    const [a, b] = [at(0.1).box, at(0.2).box];
    expect(intersectionOverUnion(a, a)).toBeCloseTo(1);
    expect(intersectionOverUnion(a, at(0.5).box)).toBe(0);
    expect(intersectionOverUnion(a, b)).toBeCloseTo(1 / 3);
    expect(intersectionOverUnion(b, a)).toBeCloseTo(1 / 3);
  });
});

describe('the object tracker', () => {
  it('ends every track at a cut, those that wait too, and begins others', () => {
    const tracker = createObjectTracker({ width: 16, height: 9 });
    tracker.add(position(0), [at(0.1), at(0.7)]);
    tracker.add(position(1), [at(0.1)]);
    tracker.cut();
    const ids = tracker.add(position(2), [at(0.1), at(0.7)]).map(({ trackId }) => trackId);
    expect(ids).toEqual([3, 4]);
    expect(tracker.tracks().map(({ lastSeenMs }) => lastSeenMs)).toEqual([1000, 0, 2000, 2000]);
  });

  it('keeps the ids of two objects that move, and tells labels apart', () => {
    const tracker = createObjectTracker({ width: 16, height: 9 });
    const ids = [0, 1, 2, 3].map((index) =>
      tracker
        .add(position(index), [at(0.1 + index * 0.05), at(0.7 - index * 0.05), at(0.1, 'dog')])
        .map((one) => one.trackId),
    );
    expect(ids).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(tracker.labels()).toMatchObject([
      { label: 'person', trackCount: 2, detectionCount: 8, firstSeenMs: 0, lastSeenMs: 3000 },
      { label: 'dog', trackCount: 1, detectionCount: 4 },
    ]);
  });

  it('bridges two missed samples, not three', () => {
    const bridged = createObjectTracker({ width: 16, height: 9 });
    const seenAt = (tracker: typeof bridged, samples: number[]) => {
      for (let index = 0; index < 6; index += 1)
        tracker.add(position(index), samples.includes(index) ? [at(0.1)] : []);
      return tracker.tracks().length;
    };
    expect(seenAt(bridged, [0, 3])).toBe(1);
    expect(seenAt(createObjectTracker({ width: 16, height: 9 }), [0, 4])).toBe(2);
  });

  it('remembers the best frame of a track', () => {
    const tracker = createObjectTracker({ width: 16, height: 9 });
    [0.6, 0.95, 0.7].forEach((confidence, index) =>
      tracker.add(position(index), [at(0.1 + index * 0.01, 'person', confidence)]),
    );
    expect(tracker.tracks()).toMatchObject([
      {
        sampleCount: 3,
        bestConfidence: 0.95,
        bestFrameIndex: 25,
        bestBox: { x: 0.11 },
        firstSeenMs: 0,
        lastSeenMs: 2000,
      },
    ]);
  });
});
