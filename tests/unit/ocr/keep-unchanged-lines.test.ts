import { describe, expect, it } from '@jest/globals';
import { type ChangeMask, touchesChange } from '../../../worker/change-mask.ts';
import { keepUnchangedLines } from '../../../worker/ocr/keep-unchanged-lines.ts';

/** Ten by ten cells, of which these have changed. */
function mask(...cells: [column: number, row: number][]): ChangeMask {
  const changed = new Uint8Array(100);
  for (const [column, row] of cells) changed[row * 10 + column] = 1;
  return { width: 10, height: 10, changed };
}
const line = (text: string, y: number, x = 0.2) => ({
  text,
  confidence: 0.9,
  box: { x, y, width: 0.5, height: 0.08 },
});
const [title, body, foot] = [line('Title', 0.11), line('Body', 0.51), line('Foot', 0.81)];
const textsOf = (lines: readonly { text: string }[]) => lines.map(({ text }) => text);

describe('a change', () => {
  it('touches a box when it has changed a cell that lies in it, even in part', () => {
    const box = { x: 0.25, y: 0.31, width: 0.2, height: 0.05 };
    expect(touchesChange(mask([2, 3]), box)).toBe(true);
    expect(touchesChange(mask([4, 3]), box)).toBe(true);
    expect(touchesChange(mask([1, 3], [5, 3], [2, 2], [2, 4]), box)).toBe(false);
    expect(touchesChange(mask([9, 9]), { x: 0.95, y: 0.95, width: 0.5, height: 0.5 })).toBe(true);
    expect(touchesChange(mask(), { x: 0, y: 0, width: 1, height: 1 })).toBe(false);
  });
});

describe('the lines of a frame that was read in part', () => {
  it('are the earlier ones where nothing has changed and nothing was read, and the new ones, in order', () => {
    const read = { texts: [line('New body', 0.52)], readRegions: [line('', 0.52).box] };
    const lines = keepUnchangedLines([title, body, foot], mask([5, 5]), read);
    expect(textsOf(lines)).toEqual(['Title', 'New body', 'Foot']);
  });

  it('are without those that have gone', () => {
    const lines = keepUnchangedLines([title, body, foot], mask([3, 8]), { texts: [], readRegions: [] });
    expect(textsOf(lines)).toEqual(['Title', 'Body']);
  });

  it('are without those in whose place something was read, though the change was beside them', () => {
    const read = { texts: [], readRegions: [{ x: 0.1, y: 0.1, width: 0.8, height: 0.1 }] };
    expect(textsOf(keepUnchangedLines([title, foot], mask([9, 1]), read))).toEqual(['Foot']);
  });

  it('are all of the earlier ones when nothing has changed', () => {
    expect(keepUnchangedLines([title, foot], mask(), { texts: [], readRegions: [] })).toEqual([title, foot]);
  });
});
