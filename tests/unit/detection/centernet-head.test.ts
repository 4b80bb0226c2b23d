import { describe, expect, it } from '@jest/globals';
import { createCenternetHead } from '../../../worker/detection/heads/centernet.ts';
import type { RawOutput } from '../../../worker/detection/heads/head.ts';

const head = createCenternetHead(['person', null, 'car'], { width: 512, height: 256 });
const peaks = (...rows: number[][]): RawOutput => ({
  shape: [1, rows.length, 6],
  values: Float32Array.from(rows.flat()),
});

describe('the centernet head', () => {
  it('turns corners in pixels of the input into fractions of its sides', () => {
    expect(head.decode([peaks([128, 64, 384, 128, 0.75, 2], [0, 0, 9, 9, 0.25, 0])], 0.5)).toEqual([
      { classIndex: 2, confidence: 0.75, left: 0.25, top: 0.25, right: 0.75, bottom: 0.5 },
    ]);
  });

  it('keeps the better of two peaks of one object in a class', () => {
    const raw = peaks([0, 0, 100, 100, 0.75, 0], [0, 0, 100, 100, 0.7, 2], [1, 0, 100, 100, 0.6, 0]);
    const found = head.decode([raw], 0.5);
    expect(found.map(({ classIndex }) => classIndex)).toEqual([0, 2]);
  });

  it('passes over classes without a label or out of range, and boxes without area or not made of numbers', () => {
    const raw = peaks(
      [0, 0, 100, 100, 0.9, 1],
      [0, 0, 100, 100, 0.9, 3],
      [0, 0, 100, 100, 0.9, 0.5],
      [0, 0, 0, 100, 0.9, 0],
      [0, 0, 100, Number.NaN, 0.9, 0],
    );
    expect(head.decode([raw], 0.5)).toEqual([]);
  });

  it('refuses outputs of other shapes', () => {
    const unavailable = expect.objectContaining({ code: 'MODEL_UNAVAILABLE' });
    const values = new Float32Array(5);
    expect(() => head.decode([], 0.5)).toThrow(unavailable);
    expect(() => head.decode([{ shape: [1, 1, 5], values }], 0.5)).toThrow(unavailable);
    expect(() => head.decode([{ shape: [1, 2, 6], values: new Float32Array(6) }], 0.5)).toThrow(unavailable);
  });
});
