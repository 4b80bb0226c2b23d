import { describe, expect, it } from '@jest/globals';
import type { TextLine } from '../../../src/results/results-document.ts';
import { createTextReadings } from '../../../worker/tracking/text-readings.ts';

const box = { x: 0.1, y: 0.8, width: 0.3, height: 0.05 };
/** What the readings come to; no two of them are the same picture. */
function bestOf(lines: readonly Pick<TextLine, 'text' | 'confidence'>[]) {
  const readings = createTextReadings();
  for (const [index, line] of lines.entries()) readings.add({ ...line, box: { ...box, x: index / 1e4 } });
  return readings.best();
}
const garbled = (nth: number) => `garbled reading number ${nth}`;

describe('the readings of one text', () => {
  it('take the best one, however many others came before and after it', () => {
    const others = Array.from({ length: 100 }, (_, nth) => ({ text: garbled(nth), confidence: 0.7 }));
    const whole = { text: 'the whole of a long headline, read once', confidence: 0.9 };
    for (const at of [0, 31, 32, 50, 100]) {
      expect(bestOf(others.toSpliced(at, 0, whole))).toMatchObject(whole);
    }
  });

  it('keep one that comes again and again, though it is shorter than ever new misreadings', () => {
    const lines = Array.from({ length: 200 }, (_, nth) =>
      nth >= 40 && nth % 10 === 0
        ? { text: 'true words', confidence: 0.7 }
        : { text: garbled(nth), confidence: 0.7 },
    );
    expect(bestOf(lines)).toMatchObject({ text: 'true words', recognitionConfidence: 0.7 });
  });

  it('are nothing without a sure one, or two that agree', () => {
    const unsure = Array.from({ length: 50 }, (_, nth) => ({ text: garbled(nth), confidence: 0.74 }));
    expect(bestOf(unsure)).toBeNull();
    expect(bestOf([...unsure, { text: garbled(49).toUpperCase(), confidence: 0.6 }])).toMatchObject({
      text: garbled(49),
    });
  });
});
