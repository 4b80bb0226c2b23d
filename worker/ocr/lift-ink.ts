import type { LumaImage } from '../luma-image.ts';
import { BRIGHT, DARK } from './local-contrast.ts';
import { lumaHistogram } from './luma-histogram.ts';
import type { PixelBox, TextRegion } from './text-region.ts';

/** Letters taller than this, in pixels, have strokes so broad that their inside is not marked. */
const TALLEST_MARKED = 60;
/** How far from a crop's edge a stroke comes in from outside, in heights of a letter. */
const EDGE = 0.08;
/** Parts of a line's pixels, from its ink's side, at whose brightness ink and paper are taken to be. */
const INK_PART = 0.03;
const PAPER_PART = 0.7;

/**
 * Lifts a line's letters out of the frame on white paper: ink 0, paper 255, whichever was brighter, and the contrast
 * stretched. What is not part of a stroke or beside one becomes paper, and so do strokes that reach in from outside:
 * whatever a letter stands on, and the frame around it, are gone.
 */
export function liftInk(frame: LumaImage, marks: Uint8Array, region: TextRegion, box: PixelBox): LumaImage {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  const { ink, paper } = levelsOf(frame, region);
  const strokes = region.letterHeight > TALLEST_MARKED ? null : strokesIn(frame, marks, region, box);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = frame.data[(box.top + y) * frame.width + box.left + x] ?? 0;
      const part = Math.min(1, Math.max(0, (value - ink) / (paper - ink)));
      data[y * width + x] =
        strokes === null || isNear(strokes, width, height, x, y) ? Math.round(part * 255) : 255;
    }
  }
  return { width, height, data };
}

/** Which pixels of the box belong to a stroke of the line's kind: 1 for each, but for those that come in from outside. */
function strokesIn(frame: LumaImage, marks: Uint8Array, region: TextRegion, box: PixelBox): Uint8Array {
  const mark = region.isBright ? BRIGHT : DARK;
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const strokes = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (marks[(box.top + y) * frame.width + box.left + x] === mark) strokes[y * width + x] = 1;
    }
  }
  const pending: number[] = [];
  const clear = (x: number, y: number): void => {
    if (x < 0 || y < 0 || x >= width || y >= height || strokes[y * width + x] !== 1) return;
    strokes[y * width + x] = 0;
    pending.push(y * width + x);
  };
  // The frame's own edge may cut a line, and nothing comes in there.
  const edge = Math.max(1, Math.round(region.letterHeight * EDGE));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isAtEdge =
        (box.top > 0 && y < edge) ||
        (box.bottom < frame.height && y >= height - edge) ||
        (box.left > 0 && x < edge) ||
        (box.right < frame.width && x >= width - edge);
      if (isAtEdge) clear(x, y);
    }
  }
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    const [x, y] = [index % width, Math.floor(index / width)];
    for (let near = 0; near < 9; near += 1) clear(x - 1 + (near % 3), y - 1 + Math.floor(near / 3));
  }
  return strokes;
}

/** Whether a pixel is part of a stroke or touches one: the soft edges of letters are beside their strokes. */
function isNear(strokes: Uint8Array, width: number, height: number, x: number, y: number): boolean {
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row += 1) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column += 1) {
      if (strokes[row * width + column] === 1) return true;
    }
  }
  return false;
}

/** Brightness of ink and paper, from the histogram of the line. */
function levelsOf(image: LumaImage, region: TextRegion): { ink: number; paper: number } {
  const counts = lumaHistogram(image, region);
  const total = (region.right - region.left) * (region.bottom - region.top);
  const levelAt = (part: number): number => {
    let seen = 0;
    for (let level = 0; level < 256; level += 1) {
      seen += counts[level] ?? 0;
      if (seen > part * total) return level;
    }
    return 255;
  };
  const ink = levelAt(region.isBright ? 1 - INK_PART : INK_PART);
  const paper = levelAt(region.isBright ? 1 - PAPER_PART : PAPER_PART);
  // In a line that is all ink, whatever comes next has to be paper.
  return ink === paper ? { ink, paper: region.isBright ? ink - 1 : ink + 1 } : { ink, paper };
}
