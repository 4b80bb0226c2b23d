import { describe, expect, it } from '@jest/globals';
import { createHead, createHeads } from '../../../worker/detection/heads/create-head.ts';
import { type RawOutput, MAX_DETECTIONS } from '../../../worker/detection/heads/head.ts';
import { createSsdHead } from '../../../worker/detection/heads/ssd.ts';
import { toDetections } from '../../../worker/detection/heads/to-detections.ts';
import { catalogue, DEFAULT_MODEL, findModel } from '../../../worker/detection/models/catalogue.ts';

const labels = ['person', null, 'car'];

/** Each row: the scores of the three classes, then y1, x1, y2, x2. */
function outputs(...rows: number[][]): RawOutput[] {
  const scores = rows.flatMap((row) => row.slice(0, 3));
  const boxes = rows.flatMap((row) => row.slice(3));
  return [
    { shape: [1, rows.length, 3], values: Float32Array.from(scores) },
    { shape: [1, rows.length, 1, 4], values: Float32Array.from(boxes) },
  ];
}

describe('the ssd head', () => {
  const head = createSsdHead(labels);
  const input = { width: 300, height: 300, fit: 'stretch' } as const;
  const decode = (raw: RawOutput[], minConfidence: number) =>
    toDetections(head.decode(raw, minConfidence), labels, input, { width: 640, height: 360 });

  it('turns corners with y first into x, y, width and height', () => {
    const raw = outputs([0.1, 0, 0.2, 0, 0, 1, 1], [0.03, 0, 0.87654, 0.1, 0.2, 0.4, 0.6]);
    expect(decode(raw, 0.5)).toEqual([
      { label: 'car', confidence: 0.8765, box: { x: 0.2, y: 0.1, width: 0.4, height: 0.3 } },
    ]);
  });

  it('includes a confidence that is exactly the threshold', () => {
    expect(decode(outputs([0.5, 0, 0.4999, 0, 0, 1, 1]), 0.5).map(({ label }) => label)).toEqual(['person']);
  });

  it('passes over classes that have no label', () => {
    expect(decode(outputs([0, 0.99, 0, 0, 0, 1, 1]), 0.1)).toEqual([]);
  });

  it('can report two labels for one anchor, best first', () => {
    const found = decode(outputs([0.6, 0, 0.7, 0, 0, 1, 1]), 0.5);
    expect(found.map(({ label }) => label)).toEqual(['car', 'person']);
  });

  it('clips boxes to the frame', () => {
    const [found] = decode(outputs([0.9, 0, 0, -0.25, 0.5, 0.5, 1.75]), 0.5);
    expect(found?.box).toEqual({ x: 0.5, y: 0, width: 0.5, height: 0.5 });
  });

  it('drops boxes without area, outside the frame or not made of numbers', () => {
    const raw = outputs(
      [0.9, 0, 0, 0.5, 0.5, 0.5, 0.9],
      [0.9, 0, 0, 1.2, 0, 1.5, 1],
      [0.9, 0, 0, 0, Number.NaN, 1, 1],
      [Number.NaN, 0, 0, 0, 0, 1, 1],
      [0.9, 0, 0, 0.5, 0.5, 0.500001, 0.9],
    );
    expect(decode(raw, 0.5)).toEqual([]);
  });

  it('never lets a rounded box pass the edge of the frame', () => {
    const rows = Array.from({ length: 50 }, (_, index) => [0.9, 0, 0, 0, index / 7000, 1, 1]);
    for (const row of rows) {
      const [found] = decode(outputs(row), 0.5);
      expect((found?.box.x ?? 2) + (found?.box.width ?? 2)).toBeCloseTo(1, 9);
    }
  });

  it('keeps the better of two boxes of one object, and at most the limit of all', () => {
    const twice = outputs([0.8, 0, 0, 0, 0, 1, 0.9], [0.9, 0, 0, 0, 0, 1, 1]);
    expect(decode(twice, 0.5).map(({ confidence }) => confidence)).toEqual([0.9]);
    const apart = Array.from({ length: 150 }, (_, index) => [
      0.9,
      0,
      0,
      0,
      index / 150,
      1,
      (index + 1) / 150,
    ]);
    expect(decode(outputs(...apart), 0.5)).toHaveLength(MAX_DETECTIONS);
  });

  it('refuses outputs of other shapes', () => {
    const unavailable = expect.objectContaining({ code: 'MODEL_UNAVAILABLE' });
    const [scores, boxes] = outputs([0.9, 0, 0, 0, 0, 1, 1]);
    if (scores === undefined || boxes === undefined) throw new Error('The test has no outputs.');
    expect(() => head.decode([scores], 0.5)).toThrow(unavailable);
    expect(() => head.decode([], 0.5)).toThrow(unavailable);
    expect(() => head.decode([boxes, scores], 0.5)).toThrow(unavailable);
    expect(() => createSsdHead(['person']).decode([scores, boxes], 0.5)).toThrow(unavailable);
  });
});

describe('the catalogue', () => {
  it('has the 80 COCO labels at their places among 90', () => {
    const { manifest } = findModel(DEFAULT_MODEL);
    expect(manifest.labels).toHaveLength(90);
    expect(manifest.labels.filter((label) => label !== null)).toHaveLength(80);
    expect([manifest.labels[0], manifest.labels[11], manifest.labels[89]]).toEqual([
      'person',
      null,
      'toothbrush',
    ]);
  });

  it('has heads that find what is wanted among more than the limit of surer things', () => {
    const { manifest } = findModel(DEFAULT_MODEL);
    const cup = manifest.labels.indexOf('cup');
    const scoresOf = (index: number, score: number) =>
      manifest.labels.map((_, classIndex) => (classIndex === index ? score : 0));
    const rows = Array.from({ length: MAX_DETECTIONS + 1 }, (_, index) => ({
      scores: index === MAX_DETECTIONS ? scoresOf(cup, 0.4) : scoresOf(0, 0.6),
      box: [0, index / 200, 1, (index + 1) / 200],
    }));
    const raw: RawOutput[] = [
      { shape: [1, rows.length, 90], values: Float32Array.from(rows.flatMap(({ scores }) => scores)) },
      { shape: [1, rows.length, 4], values: Float32Array.from(rows.flatMap(({ box }) => box)) },
    ];
    const headFor = createHeads(manifest);
    const found = (wanted?: string[]) =>
      headFor(wanted)
        .decode(raw, 0.3)
        .map(({ classIndex }) => classIndex);
    expect(found()).toEqual(Array.from({ length: MAX_DETECTIONS }, () => 0));
    expect(found(['cup', 'dog'])).toEqual([cup]);
  });

  it('has a head for every model', () => {
    for (const { manifest } of Object.values(catalogue)) expect(createHead(manifest)).toBeDefined();
  });

  it('names the models there are when asked for another', () => {
    expect(() => findModel('toString')).toThrow(DEFAULT_MODEL);
  });
});
