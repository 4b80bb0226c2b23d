import { describe, expect, it } from '@jest/globals';
import type { FrameResult } from '../../../src/results/results-document.ts';
import { chooseFrames } from '../../../worker/demo/annotate-frames.ts';
import { labelColour } from '../../../worker/demo/draw-annotations.ts';
import { placeTag, type PixelRect } from '../../../worker/demo/place-tags.ts';

function frame(timestampMs: number, texts: number): FrameResult {
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const lines = Array.from({ length: texts }, () => ({ text: 'x', confidence: 1, box }));
  return { frameIndex: timestampMs, timestampMs, detections: [], texts: lines };
}

describe('chooseFrames', () => {
  const frames = Array.from({ length: 21 }, (_, index) => frame(index, index % 2));

  it.each([
    [3, [1, 11, 19]],
    [1, [1]],
    [100, [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]],
  ])('spreads %d over the frames with something on them', (count, expected) => {
    expect(chooseFrames(frames, count).map(({ timestampMs }) => timestampMs)).toEqual(expected);
  });

  it('finds none in a video where nothing was found', () => {
    expect(chooseFrames([frame(0, 0)], 6)).toEqual([]);
  });
});

describe('placeTag', () => {
  const picture = { width: 200, height: 100 };
  const tag = { width: 60, height: 10 };

  it.each([
    ['above the box', { x: 20, y: 50, width: 50, height: 40 }, { x: 20, y: 40 }],
    ['inside a box at the upper edge', { x: 20, y: 0, width: 50, height: 90 }, { x: 20, y: 0 }],
    ['not over the right edge', { x: 190, y: 50, width: 10, height: 10 }, { x: 140, y: 40 }],
    ['not over the left edge', { x: -5, y: 50, width: 10, height: 10 }, { x: 0, y: 40 }],
  ])('puts the tag %s', (_name, box, expected) => {
    expect(placeTag(box, tag, picture, [])).toMatchObject(expected);
  });

  it('covers no earlier tag, for boxes in the same place', () => {
    const box = { x: 20, y: 0, width: 80, height: 90 };
    const placed: PixelRect[] = [];
    for (let count = 0; count < 6; count += 1) placed.push(placeTag(box, tag, picture, placed));
    expect(new Set(placed.map(({ y }) => y)).size).toBe(6);
  });
});

describe('labelColour', () => {
  it('is the same for the same label, and another for another', () => {
    expect(labelColour('person')).toBe(labelColour('person'));
    expect(labelColour('person')).not.toBe(labelColour('car'));
  });
});
