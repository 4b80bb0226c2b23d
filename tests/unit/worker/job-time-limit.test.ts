import { describe, expect, it } from '@jest/globals';
import { analysedMs, jobSecondsFor } from '../../../worker/job-time-limit.ts';

const limits = { JOB_BASE_SECONDS: 600, JOB_SECONDS_PER_VIDEO_SECOND: 60, MAX_JOB_SECONDS: 14_400 };

describe('jobSecondsFor', () => {
  it.each([
    ['the base for no video at all', 0, 600],
    ['the base and a share for each second', 10_000, 1_200],
    ['whole seconds, rounded up', 10, 601],
    ['the maximum for a long video', 3_600_000, 14_400],
    ['the base for a duration that makes no sense', -5_000, 600],
  ])('gives %s', (_name, durationMs, expected) => {
    expect(jobSecondsFor(limits, durationMs)).toBe(expected);
  });

  it('never gives more than the maximum, even when the base is larger', () => {
    expect(jobSecondsFor({ ...limits, JOB_BASE_SECONDS: 20_000 }, 0)).toBe(14_400);
  });

  it('gives the base alone when a second of video costs nothing', () => {
    expect(jobSecondsFor({ ...limits, JOB_SECONDS_PER_VIDEO_SECOND: 0 }, 3_600_000)).toBe(600);
  });
});

describe('analysedMs', () => {
  it.each([
    [{ startMs: 0, endMs: null }, 60_000],
    [{ startMs: 20_000, endMs: null }, 40_000],
    [{ startMs: 20_000, endMs: 30_000 }, 10_000],
    [{ startMs: 20_000, endMs: 90_000 }, 40_000],
    [{ startMs: 70_000, endMs: null }, 0],
  ])('counts of a minute of video, in the range %j, %d ms', (range, expected) => {
    expect(analysedMs(60_000, range)).toBe(expected);
  });
});
