import { describe, expect, it } from '@jest/globals';
import {
  type Candidate,
  suppressNonMaxima,
} from '../../../worker/detection/heads/non-maximum-suppression.ts';

const limits = { maxIntersectionOverUnion: 0.5, maxCount: 100 };

function candidate(confidence: number, left: number, right: number, classIndex = 0): Candidate {
  return { classIndex, confidence, left, right, top: 0, bottom: 1 };
}

describe('suppressNonMaxima', () => {
  it('keeps only the best of boxes that overlap by more than the limit', () => {
    const weak = candidate(0.6, 0.01, 0.51);
    const best = candidate(0.9, 0, 0.5);
    expect(suppressNonMaxima([weak, best], limits)).toEqual([best]);
  });

  it('keeps boxes whose overlap is exactly the limit', () => {
    // Intersection 0.5, union 1.
    const boxes = [candidate(0.9, 0, 1), candidate(0.8, 0, 0.5)];
    expect(suppressNonMaxima(boxes, limits)).toEqual(boxes);
  });

  it('keeps equal boxes of different classes', () => {
    const boxes = [candidate(0.9, 0, 1, 0), candidate(0.8, 0, 1, 1)];
    expect(suppressNonMaxima(boxes, limits)).toEqual(boxes);
  });

  it('does not let a suppressed box suppress others', () => {
    // The second overlaps both its neighbours; the first and the third hardly overlap each other.
    const chain = [candidate(0.9, 0, 0.4), candidate(0.8, 0.1, 0.5), candidate(0.7, 0.2, 0.6)];
    expect(suppressNonMaxima(chain, limits)).toEqual([chain[0], chain[2]]);
  });

  it('returns the best first and no more than are wanted', () => {
    const boxes = [candidate(0.5, 0, 0.1), candidate(0.9, 0.2, 0.3), candidate(0.7, 0.4, 0.5)];
    const kept = suppressNonMaxima(boxes, { ...limits, maxCount: 2 });
    expect(kept.map((box) => box.confidence)).toEqual([0.9, 0.7]);
  });

  it('gives nothing for nothing', () => {
    expect(suppressNonMaxima([], limits)).toEqual([]);
  });
});
