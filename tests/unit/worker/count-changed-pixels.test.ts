import { describe, expect, it } from '@jest/globals';
import { countChangedPixels } from '../../../worker/count-changed-pixels.ts';

function picture(...pixels: number[]) {
  const data = new Uint8Array(new SharedArrayBuffer(pixels.length));
  data.set(pixels);
  return { width: pixels.length, height: 1, data };
}

describe('countChangedPixels', () => {
  it('counts those that are lighter or darker by more than the tolerance, from the first to the last', () => {
    const before = picture(100, 100, 100, 100, 100, 100);
    expect(countChangedPixels(before, picture(111, 110, 100, 90, 89, 89), 10)).toBe(3);
    expect(countChangedPixels(before, picture(0, 255, 100, 100, 100, 100), 10)).toBe(2);
  });

  it('counts nothing where nothing differs, and anything that does without a tolerance', () => {
    expect(countChangedPixels(picture(0, 128, 255), picture(0, 128, 255), 0)).toBe(0);
    expect(countChangedPixels(picture(0, 128, 255), picture(1, 128, 254), 0)).toBe(2);
  });
});
