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
export function markStrokes(image: LumaImage): Uint8Array {
  const { width, height, data } = image;
  const marks = new Uint8Array(width * height);
  // Of each column, as many columns without pixels at either end: what is added and taken away then needs no look at edges.
  const sums = new Int32Array(width + 2 * RADIUS + 1);
  const squares = new Int32Array(width + 2 * RADIUS + 1);
  const columns = countColumns(width);
  for (let y = -RADIUS; y < height; y += 1) {
    slideDown(image, y, sums, squares);
    if (y < 0) continue;
    const rows = Math.min(y + RADIUS, height - 1) - Math.max(y - RADIUS, 0) + 1;
    let sum = 0;
    let square = 0;
    for (let column = 0; column < 2 * RADIUS + 1; column += 1) {
      sum += sums[column] ?? 0;
      square += squares[column] ?? 0;
    }
    for (let x = 0; x < width; x += 1) {
      sum += (sums[x + 2 * RADIUS + 1] ?? 0) - (sums[x] ?? 0);
      square += (squares[x + 2 * RADIUS + 1] ?? 0) - (squares[x] ?? 0);
      // Everything times the number of pixels, which spares divisions and rounds nothing.
      const count = rows * (columns[x] ?? 0);
      const difference = (data[y * width + x] ?? 0) * count - sum;
      const size = Math.abs(difference);
      if (size < LEAST_DIFFERENCE * count) continue;
      if (size * size > DEVIATIONS * DEVIATIONS * (square * count - sum * sum)) {
        marks[y * width + x] = difference > 0 ? BRIGHT : DARK;
      }
    }
  }
  return marks;
}

/** How many columns of the picture the square around each column has. */
function countColumns(width: number): Int32Array {
  return Int32Array.from({ length: width }, (_, x) => {
    return Math.min(x + RADIUS, width - 1) - Math.max(x - RADIUS, 0) + 1;
  });
}

/** Makes the columns' sums those of the rows around `y`, from those of the rows around `y - 1`. */
function slideDown(
  { width, height, data }: LumaImage,
  y: number,
  sums: Int32Array,
  squares: Int32Array,
): void {
  const entering = y + RADIUS < height ? (y + RADIUS) * width : -1;
  const leaving = y - RADIUS - 1 >= 0 ? (y - RADIUS - 1) * width : -1;
  for (let x = 0; x < width; x += 1) {
    const added = entering < 0 ? 0 : (data[entering + x] ?? 0);
    const removed = leaving < 0 ? 0 : (data[leaving + x] ?? 0);
    const column = x + RADIUS + 1;
    sums[column] = (sums[column] ?? 0) + added - removed;
    squares[column] = (squares[column] ?? 0) + added * added - removed * removed;
  }
}
