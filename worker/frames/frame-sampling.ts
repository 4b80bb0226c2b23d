import type { PixelSize } from './video-stream.ts';

/** Frames up to this part of a step early still count as on the grid: presentation times are rounded in the file. */
const TOLERANCE_STEPS = 0.001;

/**
 * ffmpeg's filter for the first frame at or after each point of a time grid. The grid is anchored at the first frame
 * that is wanted, presented at `firstTimeMs`, and counted in whole steps, so that it cannot drift.
 */
export function samplingFilter(firstTimeMs: number, samplesPerSecond: number): string {
  const step = (variable: string): string =>
    `floor((${variable}-(${firstTimeMs / 1000}))*${samplesPerSecond}+${TOLERANCE_STEPS})`;
  return `select='isnan(prev_selected_t)+gt(${step('t')},${step('prev_selected_t')})'`;
}

/** How many frames that filter picks from a video with these presentation times, in milliseconds, ascending. */
export function countSamples(timesMs: Float64Array, samplesPerSecond: number): number {
  const first = timesMs[0] ?? 0;
  let count = 0;
  let lastStep = Number.NEGATIVE_INFINITY;
  for (const time of timesMs) {
    const step = Math.floor(((time - first) / 1000) * samplesPerSecond + TOLERANCE_STEPS);
    if (step <= lastStep) continue;
    lastStep = step;
    count += 1;
  }
  return count;
}

/** The size at which frames are delivered: as displayed, shrunk to even numbers when a side is above `maxSide`. */
export function deliveredSize(displayed: PixelSize, maxSide: number): PixelSize {
  const longSide = Math.max(displayed.width, displayed.height);
  if (longSide <= maxSide) return { width: displayed.width, height: displayed.height };
  const shrink = (side: number): number => Math.max(2, Math.round((side * maxSide) / longSide / 2) * 2);
  return { width: shrink(displayed.width), height: shrink(displayed.height) };
}
