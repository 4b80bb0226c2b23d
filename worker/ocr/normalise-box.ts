import type { BoundingBox } from '../../src/results/results-document.ts';
import type { ImageSize } from '../fit-image.ts';
import type { PixelBox } from './text-region.ts';

/** A box in pixels as parts of the frame's size, cut off at its edges, to five decimals: finer than a pixel of any frame. */
export function normaliseBox(
  { left, top, right, bottom }: PixelBox,
  { width, height }: ImageSize,
): BoundingBox {
  const part = (value: number, whole: number) => Math.round((value / whole) * 1e5) / 1e5;
  const [x0, x1] = [Math.max(0, left), Math.min(width, right)];
  const [y0, y1] = [Math.max(0, top), Math.min(height, bottom)];
  return {
    x: part(x0, width),
    y: part(y0, height),
    width: part(Math.max(0, x1 - x0), width),
    height: part(Math.max(0, y1 - y0), height),
  };
}
