import { describe, expect, it } from '@jest/globals';
import { fitFrame } from '../../../worker/pipelines/fit-frame.ts';
import type { RgbImage } from '../../../worker/rgb-image.ts';

/** A picture in greys, one number a pixel. */
function grey(width: number, height: number, pixels: number[]): RgbImage {
  const data = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  data.set(pixels.flatMap((value) => [value, value, value]));
  return { width, height, data };
}

function firstChannel({ data }: RgbImage): number[] {
  return [...data].filter((_, index) => index % 3 === 0);
}

const stretched = (frame: RgbImage, width: number, height: number) =>
  firstChannel(fitFrame(frame, { width, height, fit: 'stretch' }).image);

describe('fitFrame', () => {
  it('leaves a picture of the right size as it is', () => {
    const pixels = [0, 50, 100, 150, 200, 250];
    expect(stretched(grey(3, 2, pixels), 3, 2)).toEqual(pixels);
  });

  it('samples as TensorFlow does: the first pixel stays the first, and the last is repeated', () => {
    expect(stretched(grey(2, 1, [0, 100]), 4, 1)).toEqual([0, 50, 100, 100]);
    expect(stretched(grey(1, 2, [0, 100]), 1, 4)).toEqual([0, 50, 100, 100]);
    expect(stretched(grey(4, 1, [10, 20, 30, 40]), 2, 1)).toEqual([10, 30]);
  });

  it('keeps the channels apart', () => {
    const image = grey(1, 1, [0]);
    image.data.set([1, 2, 3]);
    const fitted = fitFrame(image, { width: 2, height: 1, fit: 'stretch' });
    expect([...fitted.image.data]).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('leaves grey bars beside a picture whose proportions are kept, and tells the frame’s own size', () => {
    const fitted = fitFrame(grey(4, 1, [10, 20, 30, 40]), { width: 4, height: 3, fit: 'letterbox' });
    expect(firstChannel(fitted.image)).toEqual([114, 114, 114, 114, 10, 20, 30, 40, 114, 114, 114, 114]);
    expect(fitted.source).toEqual({ width: 4, height: 1 });
  });
});
