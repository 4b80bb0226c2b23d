import type { BoundingBox } from '../src/results/results-document.ts';
import type { ImageSize } from './fit-image.ts';
import type { LumaImage } from './luma-image.ts';

/** Where a frame differs from an earlier one: a grid of cells laid over the whole picture, rows from the top. */
export interface ChangeMask extends ImageSize {
  /** One entry a cell, `width * height` of them: 1 where the picture has changed, else 0. */
  changed: Uint8Array;
}

/** Side, in pixels, of the blocks over which faint differences are added up. */
const BLOCK_SIDE = 8;
/** How much less a block may differ in the mean than a pixel: noise and what encoders do cancel out, faint text does not. */
const BLOCK_SHARE = 8;

/**
 * Where two equally large pictures differ visibly: at pixels that differ by more than `threshold` (0..255), and in blocks of
 * 8x8 pixels whose means differ by more than an eighth of it.
 */
export function findChanges(before: LumaImage, after: LumaImage, threshold: number): ChangeMask {
  const { width, height, data } = after;
  const earlier = before.data;
  const changed = new Uint8Array(width * height);
  const sums = new Int32Array(Math.ceil(width / BLOCK_SIDE));
  for (let top = 0; top < height; top += BLOCK_SIDE) {
    const bottom = Math.min(top + BLOCK_SIDE, height);
    sums.fill(0);
    for (let y = top; y < bottom; y += 1) {
      for (let left = 0, block = 0; left < width; left += BLOCK_SIDE, block += 1) {
        const end = y * width + (left + BLOCK_SIDE < width ? left + BLOCK_SIDE : width);
        let sum = 0;
        for (let index = y * width + left; index < end; index += 1) {
          const difference = (data[index] ?? 0) - (earlier[index] ?? 0);
          sum += difference;
          if (difference > threshold || -difference > threshold) changed[index] = 1;
        }
        sums[block] = (sums[block] ?? 0) + sum;
      }
    }
    for (const [block, sum] of sums.entries()) {
      const left = block * BLOCK_SIDE;
      const right = Math.min(left + BLOCK_SIDE, width);
      if (Math.abs(sum) * BLOCK_SHARE <= threshold * (right - left) * (bottom - top)) continue;
      for (let y = top; y < bottom; y += 1) changed.fill(1, y * width + left, y * width + right);
    }
  }
  return { width, height, changed };
}

/** Whether anything has changed. */
export function hasChanges({ changed }: ChangeMask): boolean {
  return changed.includes(1);
}

/** Whether any cell that lies in the box (normalised to the frame), even in part, has changed. */
export function touchesChange({ width, height, changed }: ChangeMask, box: BoundingBox): boolean {
  const left = Math.max(0, Math.floor(box.x * width));
  const top = Math.max(0, Math.floor(box.y * height));
  const right = Math.min(width, Math.ceil((box.x + box.width) * width));
  const bottom = Math.min(height, Math.ceil((box.y + box.height) * height));
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) if (changed[row * width + column] === 1) return true;
  }
  return false;
}
