import { AppError } from '../../src/errors.ts';
import type { SeekPoints } from './presentation-times.ts';

/** A part of a video: the frames whose timestamps, in integer milliseconds, are from `startMs` on and below `endMs`. */
export interface TimeRange {
  /** 0 for the beginning, which in odd files lies before 0. */
  startMs: number;
  /** Null for the end of the video. */
  endMs: number | null;
}

/** The indices of the frames `from` to `to` (exclusive) of a video; never empty. */
export interface FrameRange {
  from: number;
  to: number;
}

/**
 * The timestamp by which a frame goes: its presentation time, in milliseconds with fractions, as an integer. Halves
 * are rounded up, also those that arithmetic has made a hair smaller.
 */
export function toTimestampMs(timeMs: number): number {
  return Math.floor(timeMs + 0.500_001);
}

/**
 * The frames within a range of time.
 * @throws AppError INVALID_ARGUMENT when there is none, saying where the frames of the video lie.
 */
export function framesWithin(timesMs: Float64Array, range: TimeRange, durationMs: number): FrameRange {
  const from = range.startMs > 0 ? firstAtOrAfter(timesMs, range.startMs) : 0;
  const to = range.endMs === null ? timesMs.length : firstAtOrAfter(timesMs, range.endMs);
  if (from < to) return { from, to };
  const firstMs = toTimestampMs(timesMs[0] ?? 0);
  const lastMs = toTimestampMs(timesMs.at(-1) ?? 0);
  const end = range.endMs === null ? 'the end' : `before ${range.endMs} ms`;
  throw new AppError(
    'INVALID_ARGUMENT',
    `No frame of the video lies from ${range.startMs} ms to ${end}: the video lasts ${durationMs} ms, and its frames ` +
      `lie from ${firstMs} ms to ${lastMs} ms. Choose other values of startMs and endMs, and submit it again.`,
    {
      details: {
        argument: range.startMs > lastMs ? 'options.startMs' : 'options.endMs',
        durationMs,
        firstMs,
        lastMs,
      },
    },
  );
}

/**
 * ffmpeg's filters that let the frames of the range pass and no others; none for the whole video. Behind the range's
 * end, `trim` also tells the decoder to stop. Each bound lies between the frame it lets pass and the one it does not,
 * by a quarter of their distance before the later one: `trim` rounds it to the track's ticks, and so even frames one
 * tick apart end up on the right sides.
 */
export function rangeFilters(timesMs: Float64Array, { from, to }: FrameRange): string[] {
  const bounds: string[] = [];
  if (from > 0) bounds.push(`start=${boundBefore(timesMs, from)}`);
  if (to < timesMs.length) bounds.push(`end=${boundBefore(timesMs, to)}`);
  return bounds.length === 0 ? [] : [`trim=${bounds.join(':')}`];
}

/**
 * Where to let the demuxer begin so that every frame from `startMs` on (a frame's presentation time) is decoded as it
 * would be in a run from the beginning: the decoding time, in milliseconds, of the last keyframe but one at or before
 * it. One more than needed, because a keyframe may refresh the picture only by and by (H.264's recovery points).
 * Null when nothing would be gained. Demuxers seek by decoding times, and to a keyframe at or before what is asked for.
 */
export function seekTimeMs(seekPoints: SeekPoints, startMs: number): number | null {
  const point = seekPointFor(seekPoints, startMs);
  return point === null ? null : (seekPoints.decodingTimesMs[point] ?? null);
}

/** The presentation time, in milliseconds, of the keyframe at which decoding begins for that; null for the beginning. */
export function decodingStartMs(seekPoints: SeekPoints, startMs: number): number | null {
  const point = seekPointFor(seekPoints, startMs);
  return point === null ? null : (seekPoints.presentationTimesMs[point] ?? null);
}

function seekPointFor({ presentationTimesMs, decodingTimesMs }: SeekPoints, startMs: number): number | null {
  let low = 0;
  let high = presentationTimesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((presentationTimesMs[middle] ?? 0) <= startMs) low = middle + 1;
    else high = middle;
  }
  const last = low - 1;
  return last > 1 && (decodingTimesMs[last - 1] ?? 0) > 0 ? last - 1 : null;
}

/** Index of the first frame whose timestamp is `timestampMs` or later; the number of frames when there is none. */
function firstAtOrAfter(timesMs: Float64Array, timestampMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (toTimestampMs(timesMs[middle] ?? 0) < timestampMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** In seconds. */
function boundBefore(timesMs: Float64Array, index: number): string {
  const [before = 0, time = 0] = [timesMs[index - 1], timesMs[index]];
  return ((time - (time - before) / 4) / 1000).toFixed(6);
}
