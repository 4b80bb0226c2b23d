import type { LumaImage } from '../luma-image.ts';
import { createDisjointSets } from './disjoint-sets.ts';
import { PLAIN } from './local-contrast.ts';

/** Pixels of one mark that hang together, also across corners; edges in pixels, right and bottom exclusive. */
export interface Component {
  mark: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Pixels. */
  area: number;
  /** Runs of pixels in its rows; `area / rowRuns` is how long one is, which for letters is near their stroke's width. */
  rowRuns: number;
  /** Runs of pixels in its columns. */
  columnRuns: number;
  /** Mean brightness, 0..255. */
  luma: number;
}

/**
 * The components of a picture whose pixels are marked; row by row in runs, which disjoint sets join. Components
 * smaller than `leastArea` pixels are left out.
 */
export function labelComponents(
  marks: Uint8Array,
  { width, height, data }: LumaImage,
  leastArea: number,
): Component[] {
  const sets = createDisjointSets();
  const parts: Component[] = [];

  // Labels of the row above and of this one, -1 where a pixel is plain.
  let above = new Int32Array(width + 2).fill(-1);
  let current = new Int32Array(width + 2).fill(-1);
  for (let y = 0; y < height; y += 1) {
    current.fill(-1);
    const row = y * width;
    let x = 0;
    while (x < width) {
      const mark = marks[row + x] ?? PLAIN;
      if (mark === PLAIN) {
        x += 1;
        continue;
      }
      const start = x;
      let luma = 0;
      let columnRuns = 0;
      while (x < width && marks[row + x] === mark) {
        luma += data[row + x] ?? 0;
        if (marks[row - width + x] !== mark) columnRuns += 1;
        x += 1;
      }
      let label = -1;
      let last = -1;
      // Neighbours across corners count; the arrays are one entry longer at either end.
      for (let near = start; near <= x + 1; near += 1) {
        const other = above[near] ?? -1;
        if (other === last || other === -1) continue;
        last = other;
        if (parts[other]?.mark !== mark) continue;
        label = label === -1 ? sets.rootOf(other) : sets.join(label, other);
      }
      const part = parts[label];
      if (part === undefined) {
        label = sets.add();
        const edges = { left: start, top: y, right: x, bottom: y + 1 };
        parts.push({ mark, ...edges, area: x - start, rowRuns: 1, columnRuns, luma });
      } else {
        if (start < part.left) part.left = start;
        if (x > part.right) part.right = x;
        part.bottom = y + 1;
        part.area += x - start;
        part.rowRuns += 1;
        part.columnRuns += columnRuns;
        part.luma += luma;
      }
      current.fill(label, start + 1, x + 1);
    }
    [above, current] = [current, above];
  }
  for (const [label, part] of parts.entries()) {
    const root = parts[sets.rootOf(label)];
    if (root !== undefined && root !== part) absorb(root, part);
  }
  const whole = parts.filter((part, label) => sets.rootOf(label) === label && part.area >= leastArea);
  for (const component of whole) component.luma /= component.area;
  return whole;
}

function absorb(whole: Component, part: Component): void {
  whole.left = Math.min(whole.left, part.left);
  whole.top = Math.min(whole.top, part.top);
  whole.right = Math.max(whole.right, part.right);
  whole.bottom = Math.max(whole.bottom, part.bottom);
  whole.area += part.area;
  whole.rowRuns += part.rowRuns;
  whole.columnRuns += part.columnRuns;
  whole.luma += part.luma;
}
