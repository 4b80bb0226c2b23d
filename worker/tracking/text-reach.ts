import type { BoundingBox } from '../../src/results/results-document.ts';

/**
 * How far a text moves in a second at most, in parts of the frame: a plate that crosses the picture in three seconds. A news
 * ticker takes about eight.
 */
const FASTEST = 0.35;
/** Beyond this, an equal text is another one, however long it was out of sight: two signs, two slides with one title. */
const FARTHEST = 0.4;

/**
 * Whether a text can have come from one place to another in so many milliseconds. What is cut off by the edge of the picture
 * grows or shrinks as it moves, so the edge of its box that moved less counts. A letter's height is always within reach:
 * boxes are no more exact than that.
 */
export function isWithinReach(before: BoundingBox, after: BoundingBox, elapsedMs: number): boolean {
  const across = lesserMove(before.x, before.width, after.x, after.width);
  const down = lesserMove(before.y, before.height, after.y, after.height);
  const letter = Math.min(after.width, after.height);
  return Math.hypot(across, down) <= Math.max(letter, Math.min(FARTHEST, (FASTEST * elapsedMs) / 1000));
}

/** How far a box moved along one direction, by that of its two edges which moved less. */
function lesserMove(from: number, fromSize: number, to: number, toSize: number): number {
  return Math.min(Math.abs(to - from), Math.abs(to + toSize - from - fromSize));
}
