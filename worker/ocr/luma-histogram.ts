import type { LumaImage } from '../luma-image.ts';
import type { PixelBox } from './text-region.ts';

/** How many pixels of a box, which lies within the picture, have each of the 256 levels of brightness. */
export function lumaHistogram(
  { width, data }: LumaImage,
  { left, top, right, bottom }: PixelBox,
): Uint32Array {
  const counts = new Uint32Array(256);
  for (let y = top; y < bottom; y += 1) {
    for (let index = y * width + left; index < y * width + right; index += 1) {
      const value = data[index] ?? 0;
      counts[value] = (counts[value] ?? 0) + 1;
    }
  }
  return counts;
}
