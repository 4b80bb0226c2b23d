import { describe, expect, it } from '@jest/globals';
import { deliveredSize, planSamples, samplingFilter } from '../../../worker/frames/frame-sampling.ts';

const every = (stepMs: number, count: number, startMs = 0): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => startMs + index * stepMs);

const plan = (times: Float64Array, rate: number, after?: number) =>
  planSamples(times, { from: 0, to: times.length }, rate, after);

describe('planSamples', () => {
  it.each([
    ['one a second of 25 frames a second for 10 s', every(40, 250), 1, 10],
    ['every frame when more are wanted than there are', every(100, 60), 1000, 60],
    ['the grid anchored at a late first frame', every(100, 60, 3000), 1, 6],
    ['a single frame', every(100, 1), 0.01, 1],
    ['no drift over six hours of 30000/1001 frames a second', every(1001 / 30, 647_353), 1, 21_600],
    ['sparse frames: each is the first at or after some point of the grid', every(5000, 4), 1, 4],
  ])('counts %s', (_name, times, rate, expected) => {
    expect(plan(times, rate).count).toBe(expected);
  });

  it('takes times that were rounded down for being on the grid', () => {
    expect(plan(Float64Array.of(0, 333.333, 666.666, 999.999), 3).count).toBe(4);
  });

  it.each([
    // Frames 0, 10, 20 ... 90 are sampled.
    [-1, undefined, 0],
    [0, 0, 0],
    [9, 0, 0],
    [40, 40, 4],
    [41, 40, 4],
    [1000, 90, 9],
  ])('resumes behind frame %d at frame %s, behind %d others', (after, resumeAt, countBefore) => {
    expect(plan(every(100, 100), 1, after)).toEqual({ count: 10, last: 90, resumeAt, countBefore });
  });

  it('anchors the grid at the first frame of the range, not at that of the video', () => {
    const range = { from: 5, to: 30 };
    expect(planSamples(every(100, 100), range, 1)).toMatchObject({ count: 3, last: 25 });
    expect(planSamples(every(100, 100), range, 1, 17)).toMatchObject({
      count: 3,
      resumeAt: 15,
      countBefore: 1,
    });
  });
});

describe('samplingFilter', () => {
  it('anchors the grid at the first presentation time, negative ones included', () => {
    expect(samplingFilter(-200, 2).join()).toContain('(t-(-0.2))*2+');
  });
});

describe('deliveredSize', () => {
  it.each([
    [{ width: 767, height: 575 }, 1280, { width: 767, height: 575 }],
    [{ width: 1920, height: 1080 }, 1280, { width: 1280, height: 720 }],
    [{ width: 1080, height: 1920 }, 1280, { width: 720, height: 1280 }],
    [{ width: 4000, height: 3 }, 1280, { width: 1280, height: 2 }],
  ])('makes %j with the limit %d into %j', (displayed, maxSide, expected) => {
    expect(deliveredSize(displayed, maxSide)).toEqual(expected);
  });
});
