import { expect, it } from '@jest/globals';
import { judgeReliability } from '../../evaluation/reliability.ts';

it('compares each bin with what proved true of it', () => {
  const judgements = [
    { confidence: 0.1, isTrue: false },
    { confidence: 0.3, isTrue: true },
    { confidence: 0.9, isTrue: true },
    { confidence: 1, isTrue: true },
  ];
  const { bins, calibrationError, brierScore, areaUnderCurve } = judgeReliability(judgements, 2);
  expect(bins).toEqual([
    { from: 0, count: 2, meanConfidence: 0.2, trueShare: 0.5 },
    { from: 0.5, count: 2, meanConfidence: 0.95, trueShare: 1 },
  ]);
  expect(calibrationError).toBeCloseTo(0.5 * 0.3 + 0.5 * 0.05, 10);
  expect(brierScore).toBeCloseTo((0.01 + 0.49 + 0.01 + 0) / 4, 10);
  expect(areaUnderCurve).toBe(1);
});

it('counts ties by half, and what is the wrong way round as nothing', () => {
  const of = (...pairs: [number, boolean][]) =>
    judgeReliability(
      pairs.map(([confidence, isTrue]) => ({ confidence, isTrue })),
      5,
    ).areaUnderCurve;
  expect(of([0.5, true], [0.5, false])).toBe(0.5);
  expect(of([0.2, true], [0.5, false], [0.1, false])).toBe(0.5);
});
