import { describe, expect, it } from '@jest/globals';
import { judgeTextSegments } from '../../evaluation/judge-text-segments.ts';

const box = { x: 0, y: 0, width: 1, height: 0.1 };
const segment = (text: string, startMs: number, endMs: number) => ({
  text,
  startMs,
  endMs,
  sampleCount: 1,
  bestConfidence: 1,
  box,
});
const truth = (text: string, startMs: number, endMs: number) => ({ text, startMs, endMs });

describe('the judgement of text segments', () => {
  it('counts what was found, what was missed, and what is noise', () => {
    const truths = [truth('HELLO WORLD', 0, 1000), truth('GOODBYE', 2000, 3000)];
    const segments = [segment('HELLO WORLD', 0, 960), segment('xx|', 500, 500)];
    expect(judgeTextSegments(truths, segments, 0)).toMatchObject({
      truths: 2,
      segments: 2,
      matched: 1,
      edits: 0,
      characters: 11,
      startErrorsMs: [0],
      endErrorsMs: [40],
      noise: ['xx|'],
      missed: ['GOODBYE'],
    });
  });

  it('counts a segment that says the same again as noise', () => {
    const score = judgeTextSegments(
      [truth('HELLO', 0, 2000)],
      [segment('HELL0', 0, 500), segment('HELLO', 1000, 2000)],
      0,
    );
    expect(score).toMatchObject({ matched: 1, edits: 0, noise: ['HELL0'] });
  });

  it('finds the matches that are the best all in all', () => {
    const truths = [truth('line one', 0, 1000), truth('line two', 0, 1000)];
    const score = judgeTextSegments(truths, [segment('line two', 0, 900), segment('line onc', 0, 900)], 0);
    expect(score).toMatchObject({ matched: 2, edits: 1 });
  });

  it('matches only what is there at the same time, and similar', () => {
    const truths = [truth('HELLO', 0, 1000)];
    expect(judgeTextSegments(truths, [segment('HELLO', 1500, 1500)], 0).matched).toBe(0);
    expect(judgeTextSegments(truths, [segment('HELLO', 1500, 1500)], 500).matched).toBe(1);
    expect(judgeTextSegments(truths, [segment('HOUSE', 0, 0)], 0).matched).toBe(0);
  });

  it('is of nothing when there is nothing', () => {
    expect(judgeTextSegments([], [], 0)).toMatchObject({ truths: 0, segments: 0, matched: 0 });
    expect(judgeTextSegments([truth('A', 0, 1)], [], 0).missed).toEqual(['A']);
  });
});
