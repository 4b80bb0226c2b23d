import type { LumaImage } from '../luma-image.ts';
import { BAR_ASPECT, chainLetters, type LetterChain } from './chain-letters.ts';
import { type Component, labelComponents } from './label-components.ts';
import { measureUnevenness } from './letter-unevenness.ts';
import { meanLuma, stripsAlong, weighPixels } from './line-evidence.ts';
import { BRIGHT } from './local-contrast.ts';
import type { TextRegion } from './text-region.ts';

/** Sizes of a letter in pixels; the largest as a part of the frame's shorter side. */
const LEAST_LETTER = { height: 5, area: 6 };
const LARGEST_LETTER = 0.35;
/** Widths of one component in heights: an I, and a word whose letters touch. */
const LETTER_ASPECT = { least: 0.08, most: 9 };
/** Which part of its box a letter covers, but for bars such as I. */
const LETTER_FILL = { least: 0.12, most: 0.85 };
/** Which part of a region may lie in one of more letters. */
const MOST_SHARED = 0.6;
/** A line of so many letters is one: its letters need not be tried as those of a line on its side. */
const SURE_LETTERS = 5;
/** The most regions of one frame: dense pages have no more lines, textures have. */
const MOST_REGIONS = 60;

/**
 * Where text may stand in a picture: components that look like letters, standing side by side, of like height, brightness
 * and stroke (in the manner of B. Epshtein, E. Ofek, Y. Wexler, Detecting text in natural scenes with stroke width
 * transform, 2010, with the strokes of a local threshold: `marks`, see markStrokes). From top to bottom.
 */
export function proposeRegions(image: LumaImage, marks: Uint8Array): TextRegion[] {
  const components = labelComponents(marks, image, LEAST_LETTER.area);
  const tallest = Math.min(image.width, image.height) * LARGEST_LETTER;
  const lying = components.filter((one) => isLetterLike(one, tallest));
  const lines = chainLetters(lying);
  const used = new Set(lines.flatMap((line) => (line.count < SURE_LETTERS ? [] : line.letters)));
  const turned = components
    .filter((one) => !used.has(one))
    .map(turn)
    .filter((one) => isLetterLike(one, tallest));
  const regions = [
    ...lines.flatMap((line) => toRegions(image, marks, line, line.letters, false)),
    ...chainLetters(turned, 4).flatMap((line) => toRegions(image, marks, line, line.letters.map(turn), true)),
  ];
  return withoutHalos(regions)
    .toSorted((a, b) => b.letterHeight * spanOf(b) - a.letterHeight * spanOf(a))
    .slice(0, MOST_REGIONS)
    .toSorted((a, b) => a.top - b.top || a.left - b.left);
}

function isLetterLike({ left, top, right, bottom, area }: Component, tallest: number): boolean {
  const width = right - left;
  const height = bottom - top;
  const aspect = width / height;
  const fill = area / (width * height);
  return (
    height >= LEAST_LETTER.height &&
    height <= tallest &&
    aspect >= LETTER_ASPECT.least &&
    aspect <= LETTER_ASPECT.most &&
    fill >= LETTER_FILL.least &&
    (fill <= LETTER_FILL.most || aspect <= BAR_ASPECT)
  );
}

/** Rows and columns exchanged: what stood on its side reads from left to right, if mirrored. */
function turn(component: Component): Component {
  const { left, top, right, bottom, rowRuns, columnRuns } = component;
  const edges = { left: top, top: left, right: bottom, bottom: right };
  return { ...component, ...edges, rowRuns: columnRuns, columnRuns: rowRuns };
}

function spanOf({ left, top, right, bottom }: TextRegion): number {
  return Math.max(right - left, bottom - top);
}

/**
 * Leaves out regions that share most of their place with a better one, of more letters or more contrast: the brighter rim of
 * dark letters, and the holes inside them, look like letters, too.
 */
function withoutHalos(regions: readonly TextRegion[]): TextRegion[] {
  const kept: TextRegion[] = [];
  const worth = ({ letters, contrast }: TextRegion): number => letters * contrast;
  for (const region of regions.toSorted((a, b) => worth(b) - worth(a) || a.top - b.top || a.left - b.left)) {
    if (!kept.some((other) => sharedPart(region, other) >= MOST_SHARED)) kept.push(region);
  }
  return kept;
}

/** How much of the smaller region lies in the other, 0..1. */
function sharedPart(a: TextRegion, b: TextRegion): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(areaOf(a), areaOf(b));
}

function areaOf({ left, top, right, bottom }: TextRegion): number {
  return (right - left) * (bottom - top);
}

/** The region of a line whose letters stand so on the frame; none when it does not look like text. */
function toRegions(
  image: LumaImage,
  marks: Uint8Array,
  line: LetterChain,
  letters: readonly Component[],
  isVertical: boolean,
): TextRegion[] {
  const box = {
    left: Math.min(...letters.map(({ left }) => left)),
    top: Math.min(...letters.map(({ top }) => top)),
    right: Math.max(...letters.map(({ right }) => right)),
    bottom: Math.max(...letters.map(({ bottom }) => bottom)),
  };
  const strips = stripsAlong(box, line.height, isVertical).flatMap((strip) => meanLuma(image, strip) ?? []);
  const ink = letters.reduce((sum, { luma }) => sum + luma, 0) / letters.length;
  const contrast = Math.max(0, ...strips.map((paper) => Math.abs(ink - paper)));
  const region = {
    ...box,
    letterHeight: line.height,
    isBright: letters[0]?.mark === BRIGHT,
    isVertical,
    letters: line.count,
    contrast,
  };
  const pixels = weighPixels(image, marks, region);
  if (pixels === null) return [];
  const unevenness = measureUnevenness(line, contrast);
  return [{ ...region, evidence: { ...pixels, components: letters.length, unevenness } }];
}
