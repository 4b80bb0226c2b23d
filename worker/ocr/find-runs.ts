import type { LumaImage } from '../luma-image.ts';
import { PLAIN } from './local-contrast.ts';

/**
 * Neighbouring pixels of one mark in a row, as long as they go: from left to right, row by row. Arrays of numbers, because
 * a textured frame has tens of thousands, and as many objects are much to collect.
 */
export interface PixelRuns {
  /** Of each run: its mark, where it begins, in pixels from the left, and where it ends, exclusive. */
  marks: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  /** Of each run: the sum of its pixels' brightness. */
  lumas: Int32Array;
  /** The number of each row's first run, and at the end that of all runs. */
  rows: Int32Array;
}

/** The runs of marked pixels. */
export function findRuns(marks: Uint8Array, { width, height, data }: LumaImage): PixelRuns {
  const count = countRuns(marks, width, height);
  const runs = {
    marks: new Uint8Array(count),
    starts: new Int32Array(count),
    ends: new Int32Array(count),
    lumas: new Int32Array(count),
    rows: new Int32Array(height + 1),
  };
  let run = 0;
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    let x = 0;
    while (x < width) {
      const mark = marks[row + x] ?? PLAIN;
      const start = x;
      let luma = 0;
      do {
        luma += data[row + x] ?? 0;
        x += 1;
      } while (x < width && marks[row + x] === mark);
      if (mark === PLAIN) continue;
      runs.marks[run] = mark;
      runs.starts[run] = start;
      runs.ends[run] = x;
      runs.lumas[run] = luma;
      run += 1;
    }
    runs.rows[y + 1] = run;
  }
  return runs;
}

function countRuns(marks: Uint8Array, width: number, height: number): number {
  let count = 0;
  for (let y = 0; y < height; y += 1) {
    let last = PLAIN;
    for (let index = y * width; index < (y + 1) * width; index += 1) {
      const mark = marks[index] ?? PLAIN;
      if (mark !== last && mark !== PLAIN) count += 1;
      last = mark;
    }
  }
  return count;
}
