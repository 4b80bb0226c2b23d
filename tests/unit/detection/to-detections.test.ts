import { describe, expect, it } from '@jest/globals';
import type { Candidate } from '../../../worker/detection/heads/non-maximum-suppression.ts';
import { toDetections } from '../../../worker/detection/heads/to-detections.ts';

const labels = ['person', null];
const candidate = (left: number, top: number, right: number, bottom: number, classIndex = 0): Candidate => ({
  classIndex,
  confidence: 0.87654,
  left,
  top,
  right,
  bottom,
});
const wide = { width: 1280, height: 640 };
const boxes = (fit: 'stretch' | 'letterbox', ...candidates: Candidate[]) =>
  toDetections(candidates, labels, { width: 640, height: 640, fit }, wide).map(({ box }) => box);

describe('toDetections', () => {
  it('keeps the fractions of a stretched frame', () => {
    expect(boxes('stretch', candidate(0.25, 0.5, 0.75, 0.75))).toEqual([
      { x: 0.25, y: 0.5, width: 0.5, height: 0.25 },
    ]);
  });

  it('takes the bars of a letterboxed frame away', () => {
    // 1280x640 lies in 640x640 as 640x320, from row 160 on.
    expect(boxes('letterbox', candidate(0.25, 0.375, 0.75, 0.5))).toEqual([
      { x: 0.25, y: 0.25, width: 0.5, height: 0.25 },
    ]);
  });

  it('cuts boxes off at the frame’s edge, and drops what lies in the bars alone', () => {
    expect(boxes('letterbox', candidate(-0.5, 0, 0.5, 0.5), candidate(0, 0, 1, 0.25))).toEqual([
      { x: 0, y: 0, width: 0.5, height: 0.5 },
    ]);
  });

  it('rounds confidences to four places, and reports no class without a label', () => {
    const input = { width: 640, height: 640, fit: 'stretch' } as const;
    const found = toDetections([candidate(0, 0, 1, 1), candidate(0, 0, 1, 1, 1)], labels, input, wide);
    expect(found.map(({ label, confidence }) => [label, confidence])).toEqual([['person', 0.8765]]);
  });
});
