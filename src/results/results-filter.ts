import { AppError } from '../errors.ts';
import { foldText } from './fold-text.ts';
import type { BoundingBox } from './results-document.ts';

/** A span of time in integer milliseconds: from `fromMs` (inclusive) to `toMs` (exclusive). */
export interface TimeFilter {
  fromMs?: number | null;
  toMs?: number | null;
}

/** What a text segment must be like; members left out do not matter. */
export interface TextSegmentFilter extends TimeFilter {
  /** Compared with case, accents and white space folded, 1 to MAX_TEXT_CHARACTERS characters. */
  contains?: string | null;
  /** 0..1 */
  minConfidence?: number | null;
  /** Normalised; a box matches when it overlaps the region with a positive area. */
  region?: BoundingBox | null;
}

/** What a frame or a track must be like; members left out do not matter. */
export interface ObjectFilter extends TimeFilter {
  /** 1 to MAX_LABELS of the model's labels, as they are written; any of them matches. */
  labels?: readonly string[] | null;
  /** 0..1 */
  minConfidence?: number | null;
  /** See TextSegmentFilter. */
  region?: BoundingBox | null;
}

/** Most labels of a filter. */
export const MAX_LABELS = 100;
/** Most characters of each label of a filter, and of the text that a filter looks for. */
export const MAX_LABEL_CHARACTERS = 100;
/** See MAX_LABEL_CHARACTERS. */
export const MAX_TEXT_CHARACTERS = 200;

/** 0.7 + 0.1 + 0.2 is more than 1 in binary. */
const ROUNDING = 1e-9;

/** @throws AppError INVALID_ARGUMENT whose `details.argument` is the path of what is out of its limits. */
export function checkFilter(filter: ObjectFilter & TextSegmentFilter): void {
  const { labels, contains, minConfidence, region } = filter;
  checkTimes(filter);
  if (isGiven(minConfidence)) checkRange('filter.minConfidence', minConfidence, 0, 1);
  if (isGiven(region)) checkRegion(region);
  if (isGiven(labels)) {
    checkRange('filter.labels', labels.length, 1, MAX_LABELS, 'The number of filter.labels');
    for (const label of labels) {
      checkRange(
        'filter.labels',
        label.length,
        1,
        MAX_LABEL_CHARACTERS,
        'The length of each of filter.labels',
      );
    }
  }
  if (isGiven(contains)) {
    checkRange('filter.contains', contains.length, 1, MAX_TEXT_CHARACTERS, 'The length of filter.contains');
    if (foldText(contains) === '') {
      refuse(
        'filter.contains',
        'filter.contains must hold more than white space and accents.',
        1,
        MAX_TEXT_CHARACTERS,
      );
    }
  }
}

/** Whether the client gave the member: GraphQL tells null from nothing, a filter does not. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function checkTimes({ fromMs, toMs }: TimeFilter): void {
  const latest = Number.MAX_SAFE_INTEGER;
  if (isGiven(fromMs)) checkRange('filter.fromMs', fromMs, 0, latest);
  if (!isGiven(toMs)) return;
  const earliest = (fromMs ?? 0) + 1;
  if (toMs >= earliest && toMs <= latest) return;
  refuse('filter.toMs', 'filter.toMs must be later than filter.fromMs, and later than 0.', earliest, latest);
}

function checkRegion(region: BoundingBox): void {
  checkRange('filter.region.x', region.x, 0, 1);
  checkRange('filter.region.y', region.y, 0, 1);
  checkExtent('filter.region.width', region.width, 1 - region.x);
  checkExtent('filter.region.height', region.height, 1 - region.y);
}

function checkExtent(argument: string, extent: number, max: number): void {
  if (extent > 0 && extent <= max + ROUNDING) return;
  refuse(argument, `${argument} must be more than 0, and the region must end inside the frame.`, 0, max);
}

function checkRange(argument: string, value: number, min: number, max: number, what = argument): void {
  // Written so that NaN is refused too.
  if (value >= min && value <= max) return;
  refuse(argument, `${what} must be from ${min} to ${max}.`, min, max);
}

function refuse(argument: string, message: string, min: number, max: number): never {
  throw new AppError('INVALID_ARGUMENT', message, { details: { argument, min, max } });
}
