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
  const { width, height } = after;
  const changed = new Uint8Array(width * height);
  for (let top = 0; top < height; top += BLOCK_SIDE) {
    for (let left = 0; left < width; left += BLOCK_SIDE) {
      const block = {
        left,
        top,
        right: Math.min(left + BLOCK_SIDE, width),
        bottom: Math.min(top + BLOCK_SIDE, height),
      };
      markBlock(changed, width, before.data, after.data, block, threshold);
    }
  }
  return { width, height, changed };
}

function markBlock(
  changed: Uint8Array,
  width: number,
  before: Uint8Array,
  after: Uint8Array,
  { left, top, right, bottom }: { left: number; top: number; right: number; bottom: number },
  threshold: number,
): void {
  let sum = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let index = y * width + left; index < y * width + right; index += 1) {
      const difference = (after[index] ?? 0) - (before[index] ?? 0);
      sum += difference;
      if (difference > threshold || -difference > threshold) changed[index] = 1;
    }
  }
  if (Math.abs(sum) * BLOCK_SHARE <= threshold * (right - left) * (bottom - top)) return;
  for (let y = top; y < bottom; y += 1) changed.fill(1, y * width + left, y * width + right);
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
