import { describe, expect, it } from '@jest/globals';
import { findChanges, hasChanges } from '../../../worker/change-mask.ts';
import type { LumaImage } from '../../../worker/luma-image.ts';

const SIZE = { width: 20, height: 12 };

/** A grey picture on which `draw` gives some pixels another brightness. */
function picture(draw: (x: number, y: number) => number | undefined): LumaImage {
  const data = new Uint8Array(new SharedArrayBuffer(SIZE.width * SIZE.height));
  for (let index = 0; index < data.length; index += 1) {
    data[index] = draw(index % SIZE.width, Math.floor(index / SIZE.width)) ?? 100;
  }
  return { ...SIZE, data };
}

const plain = picture(() => undefined);
/** The changed pixels, as `x,y`. */
const changedIn = (after: LumaImage, threshold = 20): string[] => {
  const mask = findChanges(plain, after, threshold);
  const places = [...mask.changed].flatMap((value, index) =>
    value === 1 ? [`${index % SIZE.width},${Math.floor(index / SIZE.width)}`] : [],
  );
  expect(hasChanges(mask)).toBe(places.length > 0);
  return places;
};

describe('the changes between two pictures', () => {
  it('are none between equal ones, and none within the threshold', () => {
    expect(changedIn(plain)).toEqual([]);
    expect(changedIn(picture((x, y) => (x === 3 && y === 4 ? 120 : undefined)))).toEqual([]);
    expect(changedIn(picture((x, y) => (x === 3 && y === 4 ? 80 : undefined)))).toEqual([]);
  });

  it('are the pixels beyond it, brighter or darker', () => {
    expect(changedIn(picture((x, y) => (x === 3 && y === 4 ? 121 : undefined)))).toEqual(['3,4']);
    expect(changedIn(picture((x, y) => (x === 19 && y === 11 ? 79 : undefined)))).toEqual(['19,11']);
  });

  it('are a whole block when all of it has become a little brighter or darker', () => {
    const faint = (level: number) => picture((x, y) => (x >= 8 && x < 16 && y < 8 ? level : undefined));
    expect(changedIn(faint(102))).toEqual([]);
    expect(changedIn(faint(103))).toHaveLength(64);
    expect(changedIn(faint(97))).toHaveLength(64);
    // The blocks at the edges are smaller.
    expect(changedIn(picture((x, y) => (x >= 16 && y >= 8 ? 103 : undefined)))).toHaveLength(16);
  });

  it('are not noise, which cancels out', () => {
    expect(changedIn(picture((x, y) => 100 + ((x + y) % 2 === 0 ? 15 : -15)))).toEqual([]);
  });
});
