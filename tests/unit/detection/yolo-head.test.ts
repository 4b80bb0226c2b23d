import { describe, expect, it } from '@jest/globals';
import { MAX_DETECTIONS, type RawOutput } from '../../../worker/detection/heads/head.ts';
import { createYoloHead } from '../../../worker/detection/heads/yolo.ts';

const labels = ['person', null, 'car'];
const input = {
  node: 'x',
  width: 640,
  height: 320,
  normalisation: 'float32_0_1',
  fit: 'letterbox',
} as const;

/** Each row: an anchor's values, as v5 stores them one after the other. */
const v5 = (...rows: number[][]): RawOutput => ({
  shape: [1, rows.length, 8],
  values: Float32Array.from(rows.flat()),
});
/** The same, as v8 stores them: value by value for all anchors. */
const v8 = (...rows: number[][]): RawOutput => ({
  shape: [1, 7, rows.length],
  values: Float32Array.from([0, 1, 2, 3, 4, 5, 6].flatMap((value) => rows.map((row) => row[value] ?? 0))),
});
const head = (layout: 'v5' | 'v8', boxUnit: 'pixels' | 'fraction') =>
  createYoloHead({ layout, boxUnit, labels, input });
const edges = { left: 0.25, top: 0.375, right: 0.75, bottom: 0.625 };

describe('the yolo head', () => {
  it('multiplies objectness and class score of the v5 layout', () => {
    const raw = v5([0, 0, 1, 1, 0.1, 1, 1, 1], [0.5, 0.5, 0.5, 0.25, 0.75, 0, 0, 0.5]);
    const [found, ...others] = head('v5', 'fraction').decode([raw], 0.3);
    expect(found).toEqual({ classIndex: 2, confidence: 0.375, ...edges });
    expect(others).toEqual([]);
    expect(head('v5', 'fraction').decode([raw], 0.376)).toEqual([]);
  });

  it('reads the v8 layout, which has no objectness', () => {
    const raw = v8([0, 0, 1, 1, 0.1, 0.1, 0.1], [0.5, 0.5, 0.5, 0.25, 0, 0, 0.75]);
    expect(head('v8', 'fraction').decode([raw], 0.5)).toEqual([
      { classIndex: 2, confidence: 0.75, ...edges },
    ]);
  });

  it('takes boxes in pixels of the input', () => {
    const inPixels = [320, 160, 320, 80];
    expect(head('v5', 'pixels').decode([v5([...inPixels, 1, 0.5, 0, 0])], 0.5)).toMatchObject([edges]);
    expect(head('v8', 'pixels').decode([v8([...inPixels, 0.5, 0, 0])], 0.5)).toMatchObject([edges]);
  });

  it('keeps the best of boxes of one object in a class, and passes over classes without a label', () => {
    const raw = v8(
      [0.5, 0.5, 0.5, 0.5, 0.6, 0, 0],
      [0.51, 0.5, 0.5, 0.5, 0.9, 0.99, 0],
      [0.5, 0.51, 0.5, 0.5, 0, 0.99, 0.7],
      [0.1, 0.1, 0.1, 0.1, 0, 0.99, 0],
    );
    const found = head('v8', 'fraction').decode([raw], 0.5);
    expect(found.map(({ classIndex, confidence }) => [classIndex, confidence.toFixed(2)])).toEqual([
      [0, '0.90'],
      [2, '0.70'],
    ]);
  });

  it('can report an anchor for two classes, best first', () => {
    const raw = v8([0.5, 0.5, 0.5, 0.5, 0.6, 0, 0.7]);
    expect(
      head('v8', 'fraction')
        .decode([raw], 0.5)
        .map(({ classIndex }) => classIndex),
    ).toEqual([2, 0]);
  });

  it('drops boxes without area or not made of numbers', () => {
    const raw = v8([0.5, 0.5, 0, 0.5, 0.9, 0, 0], [0.5, 0.5, 0.5, Number.NaN, 0.9, 0, 0]);
    expect(head('v8', 'fraction').decode([raw], 0.5)).toEqual([]);
  });

  it('refuses outputs of another layout or number of classes', () => {
    const unavailable = expect.objectContaining({ code: 'MODEL_UNAVAILABLE' });
    const raw = v5([0.5, 0.5, 0.5, 0.25, 0.75, 0, 0, 0.5]);
    expect(() => head('v8', 'fraction').decode([raw], 0.5)).toThrow(unavailable);
    expect(() => head('v5', 'fraction').decode([], 0.5)).toThrow(unavailable);
    const fewer = createYoloHead({ layout: 'v5', boxUnit: 'fraction', labels: ['person'], input });
    expect(() => fewer.decode([raw], 0.5)).toThrow(unavailable);
    expect(() => head('v5', 'fraction').decode([{ ...raw, shape: [1, 2, 8] }], 0.5)).toThrow(unavailable);
  });

  it('takes the best 100 of a model that is sure of all its 25200 anchors', () => {
    const classes = Array.from({ length: 80 }, (_, index) => `class ${index}`);
    const values = new Float32Array(25_200 * 85);
    for (let anchor = 0; anchor < 25_200; anchor += 1) {
      const [column, row] = [anchor % 160, Math.floor(anchor / 160)];
      values.set([(column + 0.5) / 160, (row + 0.5) / 160, 0.004, 0.004, 1], anchor * 85);
      values[anchor * 85 + 5 + (anchor % 80)] = 0.5 + ((anchor * 7919) % 25_200) / 50_400;
    }
    const many = createYoloHead({ layout: 'v5', boxUnit: 'fraction', labels: classes, input });
    const found = many.decode([{ shape: [1, 25_200, 85], values }], 0.2);
    const confidences = found.map(({ confidence }) => confidence);
    expect(confidences).toEqual(
      Array.from({ length: MAX_DETECTIONS }, (_, index) =>
        expect.closeTo(0.5 + (25_199 - index) / 50_400, 5),
      ),
    );
  });
});
