import type { LumaImage } from './luma-image.ts';

/** How many pixels of two equally large pictures differ by more than `tolerance` (0..255). */
export function countChangedPixels(before: LumaImage, after: LumaImage, tolerance: number): number {
  let changed = 0;
  for (let index = 0; index < after.data.length; index += 1) {
    if (Math.abs((after.data[index] ?? 0) - (before.data[index] ?? 0)) > tolerance) changed += 1;
  }
  return changed;
}
