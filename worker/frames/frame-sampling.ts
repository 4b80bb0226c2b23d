import type { FrameRange } from './frame-range.ts';
import type { ImageSize } from '../fit-image.ts';

/** Frames up to this part of a step early still count as on the grid: presentation times are rounded in the file. */
const TOLERANCE_STEPS = 0.001;

/**
 * ffmpeg's filter for the first frame at or after each point of a time grid. The grid is anchored at the first frame
 * that is wanted, presented at `firstTimeMs`, and counted in whole steps, so that it cannot drift. None for every frame,
 * which is when `samplesPerSecond` is Infinity.
 */
export function samplingFilter(firstTimeMs: number, samplesPerSecond: number): string[] {
  if (samplesPerSecond === Infinity) return [];
  const step = (variable: string): string =>
    `floor((${variable}-(${firstTimeMs / 1000}))*${samplesPerSecond}+${TOLERANCE_STEPS})`;
  return [`select='isnan(prev_selected_t)+gt(${step('t')},${step('prev_selected_t')})'`];
}

/** The step of that grid in which a frame lies that is presented at `timeMs`. */
export function gridStep(timeMs: number, firstTimeMs: number, samplesPerSecond: number): number {
  return Math.floor(((timeMs - firstTimeMs) / 1000) * samplesPerSecond + TOLERANCE_STEPS);
}

/** What that filter picks from a range of frames, when all of them can be decoded. */
export interface SamplingPlan {
  /** How many frames. */
  count: number;
  /** Index of the last one. */
  last: number;
  /** Index of the last one that does not lie behind `afterFrameIndex`; undefined when there is none. */
  resumeAt: number | undefined;
  /** How many lie before that one. */
  countBefore: number;
}

/**
 * Plans the sampling of the frames of `range` of a video with these presentation times, in milliseconds, ascending, of
 * which an earlier run has delivered those up to `afterFrameIndex` (-1 for none).
 */
export function planSamples(
  timesMs: Float64Array,
  { from, to }: FrameRange,
  samplesPerSecond: number,
  afterFrameIndex = -1,
): SamplingPlan {
  const plan: SamplingPlan = { count: 0, last: from, resumeAt: undefined, countBefore: 0 };
  for (const index of sampledIndices(timesMs, { from, to }, samplesPerSecond)) {
    if (index <= afterFrameIndex) {
      plan.resumeAt = index;
      plan.countBefore = plan.count;
    }
    plan.count += 1;
    plan.last = index;
  }
  return plan;
}

/** The indices of the frames that are sampled, when all frames of the range can be decoded. */
export function* sampledIndices(
  timesMs: Float64Array,
  { from, to }: FrameRange,
  samplesPerSecond: number,
): Generator<number, void, undefined> {
  const first = timesMs[from] ?? 0;
  let lastStep = Number.NEGATIVE_INFINITY;
  for (let index = from; index < to; index += 1) {
    const step =
      samplesPerSecond === Infinity ? index : gridStep(timesMs[index] ?? 0, first, samplesPerSecond);
    if (step <= lastStep) continue;
    lastStep = step;
    yield index;
  }
}

/** The size at which frames are delivered: as displayed, shrunk to even numbers when a side is above `maxSide`. */
export function deliveredSize(displayed: ImageSize, maxSide: number): ImageSize {
  const longSide = Math.max(displayed.width, displayed.height);
  if (longSide <= maxSide) return { width: displayed.width, height: displayed.height };
  const shrink = (side: number): number => Math.max(2, Math.round((side * maxSide) / longSide / 2) * 2);
  return { width: shrink(displayed.width), height: shrink(displayed.height) };
}
