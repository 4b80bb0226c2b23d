import { describe, expect, it } from '@jest/globals';
import { resizeImage } from '../../../worker/detection/resize-image.ts';
import type { RgbImage } from '../../../worker/rgb-image.ts';

/** A picture in greys, one number a pixel. */
function grey(width: number, height: number, pixels: number[]): RgbImage {
  const data = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  data.set(pixels.flatMap((value) => [value, value, value]));
  return { width, height, data };
}

function firstChannel(channels: Int32Array): number[] {
  return [...channels].filter((_, index) => index % 3 === 0);
}

describe('resizeImage', () => {
  it('leaves a picture of the right size as it is', () => {
    const pixels = [0, 50, 100, 150, 200, 250];
    expect(firstChannel(resizeImage(grey(3, 2, pixels), 3, 2))).toEqual(pixels);
  });

  it('samples as TensorFlow does: the first pixel stays the first, and the last is repeated', () => {
    expect(firstChannel(resizeImage(grey(2, 1, [0, 100]), 4, 1))).toEqual([0, 50, 100, 100]);
    expect(firstChannel(resizeImage(grey(1, 2, [0, 100]), 1, 4))).toEqual([0, 50, 100, 100]);
    expect(firstChannel(resizeImage(grey(4, 1, [10, 20, 30, 40]), 2, 1))).toEqual([10, 30]);
  });

  it('keeps the channels apart', () => {
    const image = grey(1, 1, [0]);
    image.data.set([1, 2, 3]);
    expect([...resizeImage(image, 2, 1)]).toEqual([1, 2, 3, 1, 2, 3]);
  });
});
