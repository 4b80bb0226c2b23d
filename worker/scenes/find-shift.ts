import type { LumaImage } from '../luma-image.ts';
import { correlate, type Shift } from './correlate.ts';
import { shrinkLuma } from './shrink-luma.ts';

/** The pictures are shrunk by this, because every shift is tried. */
const COARSENESS = 2;
/** By how much of its sides a picture may have moved. */
const MAX_MOVED = 0.45;

/**
 * By how much all of a picture has moved, as when the camera turns: the shift at which what both pictures show correlates
 * best, to two pixels, and to 0.45 of either side at most.
 */
export function findShift(before: LumaImage, after: LumaImage): Shift {
  const width = Math.max(1, Math.floor(before.width / COARSENESS));
  const height = Math.max(1, Math.floor(before.height / COARSENESS));
  const [small, other] = [shrinkLuma(before, width, height), shrinkLuma(after, width, height)];
  const [farX, farY] = [Math.floor(width * MAX_MOVED), Math.floor(height * MAX_MOVED)];
  let best: Shift = { x: 0, y: 0 };
  let likeness = -1;
  for (let y = -farY; y <= farY; y += 1) {
    for (let x = -farX; x <= farX; x += 1) {
      const shown = {
        left: Math.max(0, -x),
        top: Math.max(0, -y),
        width: width - Math.abs(x),
        height: height - Math.abs(y),
      };
      const found = correlate(small, other, shown, { x, y });
      if (found <= likeness) continue;
      likeness = found;
      best = { x: x * COARSENESS, y: y * COARSENESS };
    }
  }
  return best;
}
