import { describe, expect, it } from '@jest/globals';
import {
  type FoundObject,
  meanAveragePrecision,
  type TrueObject,
} from '../../evaluation/average-precision.ts';

const square = (x: number, side = 100) => ({ x, y: 0, width: side, height: 100 });
const object = (x: number, { imageId = 1, label = 'cat', isCrowd = false, side = 100 } = {}): TrueObject => ({
  imageId,
  label,
  box: square(x, side),
  isCrowd,
});
const detection = (x: number, confidence: number, { imageId = 1, label = 'cat' } = {}): FoundObject => ({
  imageId,
  label,
  box: square(x),
  confidence,
});

// Each figure was also computed with pycocotools 2.0, from the same boxes.
describe('meanAveragePrecision', () => {
  it('is 1 when everything is found at its place', () => {
    const truth = [object(0), object(200), object(0, { imageId: 2, label: 'dog' })];
    const found = [detection(0, 0.9), detection(200, 0.8), detection(0, 0.7, { imageId: 2, label: 'dog' })];
    expect(meanAveragePrecision(truth, found)).toEqual({ average: 1, at50: 1 });
  });

  it('counts a box for the overlaps it reaches', () => {
    // 90 of 110 columns are shared: an overlap of 0.818 reaches 7 of the 10.
    const { average, at50 } = meanAveragePrecision([object(0)], [detection(10, 0.9)]);
    expect(at50).toBe(1);
    expect(average).toBeCloseTo(0.7, 9);
  });

  it('interpolates the precision at 101 recalls', () => {
    // Right, wrong, right, and one of three objects missed: 1 up to a recall of 1/3 (34 points), 2/3 up to 2/3 (33 points).
    const truth = [object(0), object(200), object(400)];
    const found = [detection(0, 0.9), detection(1000, 0.8), detection(200, 0.7)];
    expect(meanAveragePrecision(truth, found).at50).toBeCloseTo((34 + (33 * 2) / 3) / 101, 9);
  });

  it('takes a second detection of one object for wrong, and a detection of another label too', () => {
    const truth = [object(0), object(200)];
    const found = [
      detection(0, 0.9),
      detection(1, 0.8),
      detection(200, 0.7),
      detection(200, 0.95, { label: 'dog' }),
    ];
    expect(meanAveragePrecision(truth, found).at50).toBeCloseTo((51 + (50 * 2) / 3) / 101, 9);
  });

  it('averages over the labels that have an object', () => {
    const truth = [object(0), object(0, { label: 'dog' })];
    expect(meanAveragePrecision(truth, [detection(0, 0.9), detection(0, 0.9, { label: 'owl' })]).at50).toBe(
      0.5,
    );
  });

  it('judges nothing that lies in a crowd', () => {
    const truth = [object(0), object(500, { isCrowd: true, side: 400 })];
    const found = [detection(500, 0.95), detection(700, 0.9), detection(0, 0.8)];
    expect(meanAveragePrecision(truth, found).at50).toBe(1);
    expect(meanAveragePrecision([object(0)], found).at50).toBeCloseTo(1 / 3, 9);
  });

  it('looks at the best 100 detections of a picture alone', () => {
    const wrong = Array.from({ length: 100 }, (_, index) => detection(1000 + index * 200, 0.9));
    expect(meanAveragePrecision([object(0)], [detection(0, 0.1), ...wrong]).at50).toBe(0);
    expect(meanAveragePrecision([object(0)], [detection(0, 0.1), ...wrong.slice(1)]).at50).toBeCloseTo(
      0.01,
      9,
    );
  });
});
