import { describe, expect, it } from '@jest/globals';
import { detectionConfidence } from '../../../worker/ocr/detection-confidence.ts';
import { markStrokes } from '../../../worker/ocr/local-contrast.ts';
import { proposeRegions } from '../../../worker/ocr/propose-regions.ts';
import type { LineEvidence } from '../../../worker/ocr/text-region.ts';
import { type DrawnText, drawTexts, evenLuma } from '../../helpers/draw-luma.ts';

const clear: LineEvidence = {
  separability: 0.92,
  calmest: 0,
  components: 14,
  unevenness: { height: 0.15, luma: 0.03 },
};
const of = ({ contrast = 150, ...evidence }: Partial<LineEvidence> & { contrast?: number }) =>
  detectionConfidence({ contrast, evidence: { ...clear, ...evidence } });

/** The confidences of the lines that are found on a grey picture with this text. */
function confidencesOf(text: Omit<DrawnText, 'x' | 'y'>): number[] {
  const image = drawTexts(evenLuma(640, 360, 120), [{ x: 200, y: 200, ...text }]);
  return proposeRegions(image, markStrokes(image)).map(detectionConfidence);
}

describe('the detection confidence', () => {
  it.each([
    ['whose brightness does not fall into ink and paper', { separability: 0.7 }],
    ['with strokes above and below it', { calmest: 0.2 }],
    ['of few letters', { components: 2 }],
    ['of letters of uneven height', { unevenness: { height: 0.4, luma: 0.03 } }],
    ['of letters of uneven brightness', { unevenness: { height: 0.15, luma: 0.6 } }],
    ['of little contrast', { contrast: 3 }],
  ])('is less of a line %s', (_, evidence) => {
    expect(of(evidence)).toBeLessThan(of({}) - 0.003);
  });

  it('is a number from 0 to 1 of at most four decimals, whatever the evidence', () => {
    const none = { separability: 0, calmest: 1, components: 1, unevenness: { height: 9, luma: 1 } };
    expect(of({ ...none, contrast: 0 })).toBeGreaterThanOrEqual(0);
    expect(of({ separability: 1, components: 500, contrast: 255 })).toBeLessThanOrEqual(1);
    expect(Math.round(of({}) * 1e4) / 1e4).toBe(of({}));
  });

  it.each([
    ['lying', 0],
    ['turned to the right', 1],
  ])('does not depend on what is written, for a text that is %s', (_, quarterTurns) => {
    const style = { size: 24, level: 240, quarterTurns };
    // The same letters in another order, which say nothing.
    const [sense, nonsense] = ['dark horse', 'hkr daesor'].map((text) => confidencesOf({ text, ...style }));
    expect(sense).toHaveLength(1);
    expect(sense?.[0]).toBeGreaterThan(0.8);
    expect(Math.abs((sense?.[0] ?? 0) - (nonsense?.[0] ?? 0))).toBeLessThan(0.1);
  });
});
