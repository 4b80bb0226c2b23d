import { describe, expect, it } from '@jest/globals';
import { planRuns } from '../../../worker/frames/plan-runs.ts';

const FULL_HD = 1920 * 1080;
/** An hour of 25 frames a second with a keyframe every two seconds. */
const times = Float64Array.from({ length: 90_000 }, (_, index) => index * 40);
const keyTimes = Float64Array.from({ length: 1_800 }, (_, index) => index * 2_000);
const seekPoints = { presentationTimesMs: keyTimes, decodingTimesMs: keyTimes };

describe('the runs of a decoder over samples', () => {
  it('are one when the samples lie as close as the keyframes', () => {
    expect(planRuns([0], times, seekPoints, FULL_HD)).toEqual([{ from: 0, to: 1 }]);
    const close = [0, 25, 50, 75, 100, 125];
    expect(planRuns(close, times, seekPoints, FULL_HD)).toEqual([{ from: 0, to: 126 }]);
  });

  it('are one for each sample when much lies between', () => {
    expect(planRuns([0, 1_500, 3_000], times, seekPoints, FULL_HD)).toEqual([
      { from: 0, to: 1 },
      { from: 1_500, to: 1_501 },
      { from: 3_000, to: 3_001 },
    ]);
  });

  it('keep samples together that lie in one stretch', () => {
    expect(planRuns([0, 10, 5_000, 5_020, 5_060], times, seekPoints, FULL_HD)).toEqual([
      { from: 0, to: 11 },
      { from: 5_000, to: 5_061 },
    ]);
  });

  it('are fewer when there is little to decode, or nowhere to begin', () => {
    expect(planRuns([0, 1_500, 3_000], times, seekPoints, 160 * 120)).toEqual([{ from: 0, to: 3_001 }]);
    const noPoints = { presentationTimesMs: Float64Array.of(0), decodingTimesMs: Float64Array.of(0) };
    expect(planRuns([0, 1_500, 3_000], times, noPoints, FULL_HD)).toEqual([{ from: 0, to: 3_001 }]);
  });

  it('are none of no samples', () => {
    expect(planRuns([], times, seekPoints, FULL_HD)).toEqual([]);
  });
});
