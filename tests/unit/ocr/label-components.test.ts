import { describe, expect, it } from '@jest/globals';
import { labelComponents } from '../../../worker/ocr/label-components.ts';
import { evenLuma } from '../../helpers/draw-luma.ts';

/** Components of a drawing: `#` is mark 1, `o` mark 2. */
function label(rows: readonly string[], leastArea = 1) {
  const width = rows[0]?.length ?? 0;
  const image = evenLuma(width, rows.length, 10);
  const marks = new Uint8Array(width * rows.length);
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < width; x += 1) {
      marks[y * width + x] = row[x] === '#' ? 1 : row[x] === 'o' ? 2 : 0;
      if (row[x] === '#') image.data[y * width + x] = 50;
    }
  }
  return labelComponents(marks, image, leastArea);
}

describe('components', () => {
  it('are told apart by gaps and by marks, and measured', () => {
    expect(label(['##.o', '##oo', '....', '.#..'])).toEqual([
      { mark: 1, left: 0, top: 0, right: 2, bottom: 2, area: 4, rowRuns: 2, columnRuns: 2, luma: 50 },
      { mark: 2, left: 2, top: 0, right: 4, bottom: 2, area: 3, rowRuns: 2, columnRuns: 2, luma: 10 },
      { mark: 1, left: 1, top: 3, right: 2, bottom: 4, area: 1, rowRuns: 1, columnRuns: 1, luma: 50 },
    ]);
  });

  it.each([
    ['arms that meet below', ['#...#', '#...#', '#####'], { area: 9, rowRuns: 5, columnRuns: 5 }],
    ['arms that meet again and again', ['#.#.#', '#.###', '###..'], { area: 10, rowRuns: 6, columnRuns: 5 }],
    ['corners', ['#..', '.#.', '#..'], { area: 3, rowRuns: 3, columnRuns: 3 }],
    ['an inner branch', ['#.#', '#.#', '#.#', '###'], { area: 9, rowRuns: 7, columnRuns: 3 }],
  ])('hang together across %s', (_, rows, expected) => {
    expect(label(rows)).toMatchObject([expected]);
  });

  it('do not hang together around the edges of the picture', () => {
    expect(label(['..#', '#..'])).toHaveLength(2);
    expect(label(['o.#', '..#'])).toHaveLength(2);
  });

  it('are left out when they are too small', () => {
    expect(label(['##.#', '##..'], 2)).toMatchObject([{ area: 4 }]);
  });
});
