import type { ImageSize } from '../fit-image.ts';
import type { LumaImage } from '../luma-image.ts';
import { BRIGHT, DARK } from './local-contrast.ts';
import { lumaHistogram } from './luma-histogram.ts';
import type { PixelBox, PixelEvidence, TextRegion } from './text-region.ts';

/**
 * What a line of so many letters has to show: separability of at least `separability`, and strokes above and below it of at
 * most so many for one inside, `calmest` on the calmer side and `busiest` on the other. The fewer letters, the more.
 */
const DEMANDS = [
  { letters: 8, separability: 0.68, calmest: 0.3, busiest: 0.85, ends: Infinity },
  { letters: 4, separability: 0.76, calmest: 0.2, busiest: 0.5, ends: 1 },
  { letters: 3, separability: 0.82, calmest: 0.1, busiest: 0.3, ends: 0.4 },
  { letters: 2, separability: 0.85, calmest: 0.05, busiest: 0.1, ends: 0.2 },
];
/** Thickness of the strips above and below a line, in heights of a letter. */
const STRIP = 0.3;

/**
 * What of the pixels in and around a region speaks for text: ink on paper, with paper above and below, which a chain of
 * components in the middle of a texture lacks. Null where it is not enough.
 */
export function weighPixels(
  image: LumaImage,
  marks: Uint8Array,
  region: Omit<TextRegion, 'evidence'>,
): PixelEvidence | null {
  const demand = DEMANDS.find(({ letters }) => region.letters >= letters);
  if (demand === undefined) return null;
  const mark = region.isBright ? BRIGHT : DARK;
  const inside = markedPart(marks, image, region, mark);
  if (inside === null) return null;
  // What lies beyond the picture tells nothing.
  const strokesIn = (box: PixelBox): number[] => {
    const part = markedPart(marks, image, box, mark);
    return part === null ? [] : [part / inside];
  };
  const beside = stripsAlong(region, region.letterHeight, region.isVertical).flatMap(strokesIn);
  const atEnds = stripsAlong(region, region.letterHeight, !region.isVertical).flatMap(strokesIn);
  const calmest = Math.min(...beside);
  if (calmest > demand.calmest || Math.max(...beside) > demand.busiest) return null;
  if (Math.max(...atEnds) > demand.ends) return null;
  const separable = separability(image, region);
  return separable >= demand.separability ? { separability: separable, calmest } : null;
}

/** The strips above and below a line, or left and right of it; parts of them may lie outside of the picture. */
export function stripsAlong(
  { left, top, right, bottom }: PixelBox,
  letterHeight: number,
  isVertical: boolean,
): PixelBox[] {
  const strip = Math.max(2, Math.round(letterHeight * STRIP));
  return isVertical
    ? [
        { left: left - strip, top, right: left, bottom },
        { left: right, top, right: right + strip, bottom },
      ]
    : [
        { left, top: top - strip, right, bottom: top },
        { left, top: bottom, right, bottom: bottom + strip },
      ];
}

/** Mean brightness of what lies in the picture; null where nothing does. */
export function meanLuma(image: LumaImage, box: PixelBox): number | null {
  const visible = cutOff(box, image);
  if (visible === null) return null;
  const { left, top, right, bottom } = visible;
  const { width, data } = image;
  let sum = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let index = y * width + left; index < y * width + right; index += 1) sum += data[index] ?? 0;
  }
  return sum / ((right - left) * (bottom - top));
}

/** Part (0..1) of a box's pixels that have this mark; null where all of it lies beyond the picture. */
export function markedPart(
  marks: Uint8Array,
  { width, height }: ImageSize,
  box: PixelBox,
  mark: number,
): number | null {
  const visible = cutOff(box, { width, height });
  if (visible === null) return null;
  const { left, top, right, bottom } = visible;
  let count = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let index = y * width + left; index < y * width + right; index += 1)
      if (marks[index] === mark) count += 1;
  }
  return count / ((right - left) * (bottom - top));
}

/** The part of a box that lies in the picture; null where none does. */
function cutOff({ left, top, right, bottom }: PixelBox, { width, height }: ImageSize): PixelBox | null {
  const visible = {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.min(width, right),
    bottom: Math.min(height, bottom),
  };
  return visible.right > visible.left && visible.bottom > visible.top ? visible : null;
}

/**
 * How well the brightness of a box falls into two classes: the variance between the classes as a part of the whole, 0..1, at
 * the threshold where it is largest (N. Otsu, A threshold selection method from gray-level histograms, 1979). Ink on paper
 * comes near 1, a texture hardly above 0.75.
 */
export function separability(image: LumaImage, box: PixelBox): number {
  const counts = lumaHistogram(image, box);
  let total = 0;
  let sum = 0;
  let squares = 0;
  for (const [level, count] of counts.entries()) {
    total += count;
    sum += count * level;
    squares += count * level * level;
  }
  const variance = squares / total - (sum / total) ** 2;
  if (variance === 0) return 0;
  let below = 0;
  let sumBelow = 0;
  let largest = 0;
  for (let level = 0; level < 255; level += 1) {
    const count = counts[level] ?? 0;
    below += count;
    sumBelow += count * level;
    if (below === 0 || below === total) continue;
    const difference = sumBelow / below - (sum - sumBelow) / (total - below);
    largest = Math.max(largest, (below / total) * (1 - below / total) * difference ** 2);
  }
  return largest / variance;
}
