import { describe, expect, it } from '@jest/globals';
import type { ChangeMask } from '../../../worker/change-mask.ts';
import type { LumaImage } from '../../../worker/luma-image.ts';
import { findLines } from '../../../worker/ocr/find-lines.ts';
import { markStrokes } from '../../../worker/ocr/local-contrast.ts';
import { proposeRegions } from '../../../worker/ocr/propose-regions.ts';
import { drawTexts, type DrawnText, evenLuma, noisyLuma } from '../../helpers/draw-luma.ts';

const propose = (image: LumaImage) => proposeRegions(image, markStrokes(image));
const drawn = (paper: number, ...texts: DrawnText[]) => drawTexts(evenLuma(640, 360, paper), texts);
const sample = { text: 'Platform 9 departs', x: 100, y: 200 };
const above = { text: 'Above all', x: 40, y: 60, size: 30, level: 0 };
const below = { text: 'and below', x: 400, y: 320, size: 30, level: 0 };

describe('proposing regions', () => {
  it.each<[string, number, Omit<DrawnText, 'text' | 'x' | 'y'>]>([
    ['dark on light', 240, { size: 32, level: 10 }],
    ['light on dark', 20, { size: 32, level: 230 }],
    ['of 12 pixels', 255, { size: 12, level: 0 }],
    ['of 12 levels', 128, { size: 28, level: 140 }],
    ['in a box', 120, { size: 24, level: 255, boxLevel: 0 }],
    ['with an outline', 120, { size: 28, level: 255, outlineLevel: 0, face: 'Bold' }],
    ['as large as a headline', 255, { size: 60, level: 30, face: 'Bold' }],
  ])('finds a text %s, once, and where it stands', (_, paper, style) => {
    const image = drawn(paper, { ...sample, ...style });
    const regions = propose(image);
    expect(regions).toHaveLength(1);
    expect(regions).toMatchObject([{ isVertical: false, isBright: style.level > paper }]);
    const [region] = regions;
    expect(Math.abs((region?.left ?? 0) - 100)).toBeLessThan(0.2 * style.size);
    expect(region?.top).toBeGreaterThan(200 - 1.1 * style.size);
    expect(region?.bottom).toBeLessThan(200 + 0.5 * style.size);
    expect(region?.letters).toBeGreaterThan(8);
  });

  it.each([1, 3])('finds a text on its side, turned by %d quarters', (quarterTurns) => {
    const y = quarterTurns === 1 ? 40 : 330;
    const text = { text: 'Vertical sign', x: 300, y, size: 32, level: 20, quarterTurns };
    expect(propose(drawn(220, text))).toMatchObject([{ isVertical: true, isBright: false }]);
  });

  it('finds every line of a page', () => {
    const lines = Array.from({ length: 12 }, (_, index) => ({
      text: `Line ${index} of a dense page`,
      x: 30,
      y: 40 + index * 24,
      size: 16,
      level: 0,
    }));
    expect(propose(drawn(255, ...lines))).toHaveLength(12);
  });

  it.each([
    ['an even picture', evenLuma(640, 360, 90)],
    ['noise', noisyLuma(640, 360, 1)],
    ['coarse noise', noisyLuma(640, 360, 4)],
    ['a checkerboard', checkerboard()],
    ['a fence', fence()],
    ['a picture of one pixel', evenLuma(1, 1, 0)],
  ])('finds none in %s', (_, image) => {
    expect(propose(image)).toEqual([]);
  });
});

describe('finding lines', () => {
  const image = drawn(255, above, below);
  const mask = (...cells: number[]): ChangeMask => {
    const changed = new Uint8Array(32 * 18);
    for (const cell of cells) changed[cell] = 1;
    return { width: 32, height: 18, changed };
  };

  it('without a mask, finds all, and the same again', () => {
    const lines = findLines(image);
    expect(lines.map(({ box }) => box.y < 0.5)).toEqual([true, false]);
    expect(findLines(image)).toEqual(lines);
  });

  it('with one, finds those that a change touches or nearly does', () => {
    // Cells are 20 pixels wide and high: row 2 is inside the upper line, row 15 inside the lower, row 9 between them.
    expect(findLines(image, mask(2 * 32 + 4)).map(({ box }) => box.y < 0.5)).toEqual([true]);
    expect(findLines(image, mask(15 * 32 + 22)).map(({ box }) => box.y < 0.5)).toEqual([false]);
    expect(findLines(image, mask(2 * 32 + 4, 15 * 32 + 22))).toHaveLength(2);
    expect(findLines(image, mask(9 * 32 + 16))).toEqual([]);
    expect(findLines(image, mask())).toEqual([]);
  });
});

function checkerboard(): LumaImage {
  const image = evenLuma(640, 360, 0);
  for (let index = 0; index < image.data.length; index += 1) {
    const [x, y] = [index % 640, Math.floor(index / 640)];
    image.data[index] = (Math.floor(x / 12) + Math.floor(y / 12)) % 2 === 0 ? 230 : 30;
  }
  return image;
}

function fence(): LumaImage {
  const image = evenLuma(640, 360, 200);
  for (let y = 100; y < 140; y += 1) {
    for (let x = 50; x < 500; x += 20) image.data.fill(30, y * 640 + x, y * 640 + x + 6);
  }
  return image;
}
