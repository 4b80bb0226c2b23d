import { describe, expect, it } from '@jest/globals';
import { framesWithin, rangeFilters, seekTimeMs, toTimestampMs } from '../../../worker/frames/frame-range.ts';

const times = Float64Array.of(0, 333.333, 666.667, 1000, 1333.333);

describe('framesWithin', () => {
  it.each([
    ['everything', 0, null, { from: 0, to: 5 }],
    [
      'a frame by the timestamp it is reported with, though it lies a little before',
      667,
      null,
      { from: 2, to: 5 },
    ],
    ['no frame at the end', 0, 1000, { from: 0, to: 3 }],
    ['a frame just before the end', 334, 1001, { from: 2, to: 4 }],
  ])('takes %s', (_name, startMs, endMs, expected) => {
    expect(framesWithin(times, { startMs, endMs }, 1667)).toEqual(expected);
  });

  it('takes 0 for the beginning, also when that lies before 0', () => {
    expect(framesWithin(Float64Array.of(-80, -40, 0), { startMs: 0, endMs: null }, 40)).toEqual({
      from: 0,
      to: 3,
    });
  });

  it('refuses a range without a frame', () => {
    const refused = () => framesWithin(times, { startMs: 1334, endMs: 9000 }, 1667);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('lasts 1667 ms'),
      }),
    );
  });
});

describe('toTimestampMs', () => {
  it.each([
    [62.5, 63],
    [62.499_999_999_9, 63],
    [62.49, 62],
    [-0.2, 0],
    [-1.6, -2],
  ])('makes %d into %d', (timeMs, expected) => {
    expect(toTimestampMs(timeMs)).toBe(expected);
  });
});

describe('rangeFilters', () => {
  it('needs none for the whole video, and only the bound that cuts something off', () => {
    expect(rangeFilters(times, { from: 0, to: 5 })).toEqual([]);
    expect(rangeFilters(times, { from: 3, to: 5 })).toEqual(['trim=start=0.916667']);
    expect(rangeFilters(times, { from: 0, to: 3 })).toEqual(['trim=end=0.916667']);
  });

  it('puts its bounds where rounding to ticks cannot move a frame to the other side', () => {
    // One tick is 100 / 3 ms, the distance of two frames: a bound must be nearer to the frame that follows.
    const frames = Float64Array.from({ length: 9 }, (_, index) => (index * 100) / 3);
    for (let index = 1; index < 9; index += 1) {
      const [filter = ''] = rangeFilters(frames, { from: index, to: 9 });
      const seconds = Number(filter.replace('trim=start=', ''));
      expect(Math.round(seconds * 30)).toBe(index);
    }
  });
});

describe('seekTimeMs', () => {
  const seekPoints = {
    presentationTimesMs: Float64Array.of(0, 2000, 4000, 6000),
    decodingTimesMs: Float64Array.of(-80, 1920, 3920, 5920),
  };
  it.each([
    ['the decoding time of the last keyframe but one', 5000, 1920],
    ['a keyframe itself, once it is reached', 6000, 3920],
    ['nothing when only the first keyframe would do', 3999, null],
    ['nothing at the beginning', 0, null],
  ])('answers %s', (_name, startMs, expected) => {
    expect(seekTimeMs(seekPoints, startMs)).toBe(expected);
  });

  it('answers nothing without keyframes', () => {
    const none = { presentationTimesMs: new Float64Array(), decodingTimesMs: new Float64Array() };
    expect(seekTimeMs(none, 5000)).toBeNull();
  });
});
