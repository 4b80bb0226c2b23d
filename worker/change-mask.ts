import type { BoundingBox } from '../src/results/results-document.ts';

/** Where a frame differs from an earlier one: a grid of cells laid over the whole picture, rows from the top. */
export interface ChangeMask {
  width: number;
  height: number;
  /** One entry a cell, `width * height` of them; 1 where the picture has changed. */
  changed: Uint8Array;
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
