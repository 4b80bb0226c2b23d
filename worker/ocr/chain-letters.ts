import { median } from '../median.ts';
import { createDisjointSets, type DisjointSets } from './disjoint-sets.ts';
import type { Component } from './label-components.ts';

/** Letters that stand on one line, from left to right. */
export interface LetterChain {
  letters: Component[];
  /** Median height of a letter, pixels. */
  height: number;
  /** How many letters they seem to be: a word whose letters touch is one component. */
  count: number;
}

/** How unlike neighbours may be: a letter beside a capital, a thin beside a bold stroke, in shares of the larger one. */
const LEAST_HEIGHT_RATIO = 0.45;
const LEAST_STROKE_RATIO = 0.3;
/** Least part of the lower letter's height that stands beside the other. */
const LEAST_OVERLAP = 0.6;
/** The widest gap between neighbours, a space between words, in heights of the taller one. */
const WIDEST_GAP = 1.5;
/** How tall a letter may be, and how far above and below the line's own edges it may reach, in median heights. */
const LARGEST_OF_MEDIAN = 1.7;
const FARTHEST_OFF = 0.6;
/** How far apart, in levels of 255, the brightness of neighbours may be; the soft edges of small letters reach further in. */
const MOST_LUMA_DIFFERENCE = 50;
const SMALL_HEIGHT = 15;
const MOST_SMALL_LUMA_DIFFERENCE = 90;
/** Part of the letters whose feet or heads must stand on one line, and how exactly, in heights. */
const LEAST_ALIGNED = 0.55;
const ALIGNMENT = 0.16;
/** Width of an upright bar in heights, at most, and which part of its box it fills, at least. */
export const BAR_ASPECT = 0.5;
const BAR_FILL = 0.75;
/** Part of the letters of a line that are no bars: in words like Illicit, l and i are many, but not all. */
const LEAST_OTHERS = 0.3;
/** How many strokes of a letter a row of pixels crosses. */
const STROKES_A_LETTER = 1.3;
/** Height, in pixels, of the bands in which neighbours are looked for: that of a small letter. */
const BAND = 16;

/**
 * Chains components of like height, stroke and brightness that stand side by side, and keeps the chains that look like a
 * line of text: at least `leastLetters` letters (a broad component counts for several), most of them on one base line.
 */
export function chainLetters(components: readonly Component[], leastLetters = 2): LetterChain[] {
  const sorted = components.toSorted((a, b) => a.left - b.left || a.top - b.top);
  const sets = joinNeighbours(sorted);
  const chains = Map.groupBy(sorted, (_, index) => sets.rootOf(index));
  return [...chains.values()].flatMap((chained) => {
    // Most stand alone, and are too narrow to be a word.
    if (chained.reduce((sum, letter) => sum + countLetters(letter), 0) < leastLetters) return [];
    const { letters, height } = withoutStrangers(chained);
    const count = letters.reduce((sum, letter) => sum + countLetters(letter), 0);
    return count >= leastLetters && areAligned(letters, height) && !areBars(letters)
      ? [{ letters, height, count }]
      : [];
  });
}

/** Joins those that stand side by side; they are sorted by their left edges. */
function joinNeighbours(sorted: readonly Component[]): DisjointSets {
  const sets = createDisjointSets(sorted.length);
  // Most are far above or below each other: each is only compared with those of its own bands of the picture.
  const bands: number[][] = [];
  for (const [index, letter] of sorted.entries()) {
    for (let band = bandOf(letter.top); band <= bandOf(letter.bottom - 1); band += 1) {
      (bands[band] ??= []).push(index);
    }
  }
  const positions = bands.map(() => 0);
  for (const [index, letter] of sorted.entries()) {
    const reach = letter.right + (WIDEST_GAP * (letter.bottom - letter.top)) / LEAST_HEIGHT_RATIO;
    for (let band = bandOf(letter.top); band <= bandOf(letter.bottom - 1); band += 1) {
      const members = bands[band] ?? [];
      // Those before this one have been compared with it.
      const position = (positions[band] ?? 0) + 1;
      positions[band] = position;
      for (let place = position; place < members.length; place += 1) {
        const next = members[place] ?? index;
        const other = sorted[next];
        if (other === undefined || other.left > reach) break;
        if (standSideBySide(letter, other)) sets.join(index, next);
      }
    }
  }
  return sets;
}

/** In which band of the picture, from 0 at the top, a row of pixels lies. */
function bandOf(row: number): number {
  return Math.floor(row / BAND);
}

/** Leaves out what hangs on to a line, link by link, but is not of its size or place: the things that the line crosses. */
function withoutStrangers(chained: readonly Component[]): Omit<LetterChain, 'count'> {
  const height = median(chained.map(({ top, bottom }) => bottom - top));
  const head = median(chained.map(({ top }) => top)) - FARTHEST_OFF * height;
  const foot = median(chained.map(({ bottom }) => bottom)) + FARTHEST_OFF * height;
  const letters = chained.filter(({ top, bottom }) => {
    return bottom - top <= LARGEST_OF_MEDIAN * height && top >= head && bottom <= foot;
  });
  return { letters, height };
}

function standSideBySide(a: Component, b: Component): boolean {
  if (a.mark !== b.mark) return false;
  const [heightA, heightB] = [a.bottom - a.top, b.bottom - b.top];
  const [low, tall] = heightA < heightB ? [heightA, heightB] : [heightB, heightA];
  if (low < LEAST_HEIGHT_RATIO * tall) return false;
  if (b.left - a.right > WIDEST_GAP * tall) return false;
  if (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) < LEAST_OVERLAP * low) return false;
  const mostApart = tall < SMALL_HEIGHT ? MOST_SMALL_LUMA_DIFFERENCE : MOST_LUMA_DIFFERENCE;
  if (Math.abs(a.luma - b.luma) > mostApart) return false;
  const [strokeA, strokeB] = [a.area / a.rowRuns, b.area / b.rowRuns];
  return Math.min(strokeA, strokeB) >= LEAST_STROKE_RATIO * Math.max(strokeA, strokeB);
}

/** How many letters a component seems to be: as its width and the strokes that a row crosses allow. */
function countLetters({ left, top, right, bottom, rowRuns }: Component): number {
  const height = bottom - top;
  const strokes = rowRuns / height;
  return Math.max(1, Math.round(Math.min((right - left) / height, strokes / STROKES_A_LETTER)));
}

/** Whether nearly all of them are upright bars: a fence, windows, the coat of a zebra. */
function areBars(letters: readonly Component[]): boolean {
  const others = letters.filter(({ left, top, right, bottom, area }) => {
    const [width, height] = [right - left, bottom - top];
    return width > BAR_ASPECT * height || area < BAR_FILL * width * height;
  });
  return others.length < LEAST_OTHERS * letters.length;
}

function areAligned(letters: readonly Component[], height: number): boolean {
  const alignedAt = (edges: readonly number[]): number => {
    const middle = median(edges);
    return edges.filter((edge) => Math.abs(edge - middle) <= Math.max(1, ALIGNMENT * height)).length;
  };
  const aligned = Math.max(
    alignedAt(letters.map(({ bottom }) => bottom)),
    alignedAt(letters.map(({ top }) => top)),
  );
  return aligned >= LEAST_ALIGNED * letters.length;
}
