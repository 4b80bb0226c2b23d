import type { LumaImage } from '../luma-image.ts';

/** Neither brighter nor darker than its surroundings. */
export const PLAIN = 0;
/** A pixel of a bright stroke. */
export const BRIGHT = 1;
/** A pixel of a dark stroke. */
export const DARK = 2;

/** Half a side, in pixels, of the square that a pixel is compared with: wider than a stroke, narrower than a paragraph. */
const RADIUS = 14;
/** The least difference from the surroundings that counts: above the noise of compression, below a text of 12 levels. */
const LEAST_DIFFERENCE = 5;
/** How many standard deviations of the surroundings a stroke differs from their mean. */
const DEVIATIONS = 0.4;

/**
 * Tells strokes from their surroundings: PLAIN, BRIGHT or DARK a pixel, as it differs from the mean of the square around it
 * by more than a part of the standard deviation there (W. Niblack, An Introduction to Digital Image Processing, 1986).
 * Adapting to each place, it finds faint text beside glaring one. Sums slide along columns and rows, so that the time does
 * not depend on the size of the square.
 */
export function markStrokes({ width, height, data }: LumaImage): Uint8Array {
  const marks = new Uint8Array(width * height);
  const sums = new Int32Array(width);
  const squares = new Int32Array(width);
  const addRow = (y: number, sign: number) => {
    const row = y * width;
    for (let x = 0; x < width; x += 1) {
      const value = data[row + x] ?? 0;
      sums[x] = (sums[x] ?? 0) + sign * value;
      squares[x] = (squares[x] ?? 0) + sign * value * value;
    }
  };
  for (let y = 0; y < Math.min(RADIUS, height); y += 1) addRow(y, 1);
  for (let y = 0; y < height; y += 1) {
    if (y + RADIUS < height) addRow(y + RADIUS, 1);
    if (y - RADIUS - 1 >= 0) addRow(y - RADIUS - 1, -1);
    const rows = Math.min(y + RADIUS, height - 1) - Math.max(y - RADIUS, 0) + 1;
    let sum = 0;
    let square = 0;
    for (let x = 0; x < Math.min(RADIUS, width); x += 1) {
      sum += sums[x] ?? 0;
      square += squares[x] ?? 0;
    }
    for (let x = 0; x < width; x += 1) {
      const entering = x + RADIUS;
      const leaving = x - RADIUS - 1;
      if (entering < width) {
        sum += sums[entering] ?? 0;
        square += squares[entering] ?? 0;
      }
      if (leaving >= 0) {
        sum -= sums[leaving] ?? 0;
        square -= squares[leaving] ?? 0;
      }
      const count = rows * (Math.min(entering, width - 1) - Math.max(leaving, -1));
      const mean = sum / count;
      const difference = (data[y * width + x] ?? 0) - mean;
      const size = Math.abs(difference);
      if (size < LEAST_DIFFERENCE) continue;
      const variance = square / count - mean * mean;
      if (size * size > DEVIATIONS * DEVIATIONS * variance) {
        marks[y * width + x] = difference > 0 ? BRIGHT : DARK;
      }
    }
  }
  return marks;
}
