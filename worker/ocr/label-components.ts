import type { LumaImage } from '../luma-image.ts';
import { createDisjointSets, type DisjointSets } from './disjoint-sets.ts';
import { findRuns, type PixelRuns } from './find-runs.ts';
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
 * The components of a picture whose pixels are marked, which are runs of pixels in rows that disjoint sets join. Components
 * smaller than `leastArea` pixels are left out. From top to bottom.
 */
export function labelComponents(marks: Uint8Array, image: LumaImage, leastArea: number): Component[] {
  const runs = findRuns(marks, image);
  const count = runs.marks.length;
  const sets = createDisjointSets(count);
  const covered = joinRuns(runs, sets);
  const areas = new Int32Array(count);
  for (let run = 0; run < count; run += 1) {
    const root = sets.rootOf(run);
    areas[root] = (areas[root] ?? 0) + lengthOf(runs, run);
  }
  // Most are specks: only those that are large enough become objects.
  const components: Component[] = [];
  const places = new Int32Array(count).fill(-1);
  for (let y = 0; y < image.height; y += 1) {
    for (let run = runs.rows[y] ?? 0; run < (runs.rows[y + 1] ?? 0); run += 1) {
      const root = sets.rootOf(run);
      const area = areas[root] ?? 0;
      if (area < leastArea) continue;
      const place = places[root] ?? -1;
      let component = place < 0 ? undefined : components[place];
      if (component === undefined) {
        component = beginComponent(runs, run, y, area);
        places[root] = components.push(component) - 1;
      }
      component.left = Math.min(component.left, runs.starts[run] ?? 0);
      component.right = Math.max(component.right, runs.ends[run] ?? 0);
      component.bottom = y + 1;
      component.rowRuns += 1;
      component.columnRuns += lengthOf(runs, run) - (covered[run] ?? 0);
      component.luma += runs.lumas[run] ?? 0;
    }
  }
  for (const component of components) component.luma /= component.area;
  return components;
}

/** A component of `area` pixels before its first run is added. */
function beginComponent({ marks, starts, ends }: PixelRuns, run: number, y: number, area: number): Component {
  const edges = { left: starts[run] ?? 0, top: y, right: ends[run] ?? 0, bottom: y };
  return { mark: marks[run] ?? PLAIN, ...edges, area, rowRuns: 0, columnRuns: 0, luma: 0 };
}

/** Joins the runs of one mark that touch, across corners, too. Returns how many pixels of each have their mark above them. */
function joinRuns({ marks, starts, ends, rows }: PixelRuns, sets: DisjointSets): Int32Array {
  const covered = new Int32Array(marks.length);
  for (let y = 1; y + 1 < rows.length; y += 1) {
    const lastAbove = rows[y] ?? 0;
    let above = rows[y - 1] ?? 0;
    for (let run = lastAbove; run < (rows[y + 1] ?? 0); run += 1) {
      const start = starts[run] ?? 0;
      const end = ends[run] ?? 0;
      while (above < lastAbove && (ends[above] ?? 0) < start) above += 1;
      for (let near = above; near < lastAbove && (starts[near] ?? 0) <= end; near += 1) {
        if (marks[near] !== marks[run]) continue;
        sets.join(near, run);
        const shared = Math.min(end, ends[near] ?? 0) - Math.max(start, starts[near] ?? 0);
        covered[run] = (covered[run] ?? 0) + shared;
      }
    }
  }
  return covered;
}

function lengthOf({ starts, ends }: PixelRuns, run: number): number {
  return (ends[run] ?? 0) - (starts[run] ?? 0);
}
