import type { ImageSize } from '../fit-image.ts';
import type { RgbImage } from '../rgb-image.ts';

const GREY = 114;

/** A picture without anything on it, to try a model with. */
export function greyPicture({ width, height }: ImageSize): RgbImage {
  return { width, height, data: new Uint8Array(new SharedArrayBuffer(width * height * 3)).fill(GREY) };
}
