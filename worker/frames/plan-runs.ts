import { decodingStartMs, type FrameRange } from './frame-range.ts';
import { frameIndexAt, type SeekPoints } from './presentation-times.ts';

/**
 * Pixels that must be spared to make up for starting another decoder: that takes about as long as it takes to decode some
 * 50 million pixels, and a decoder that begins anew has lost what it knew of the file.
 */
const MIN_SPARED_PIXELS = 100_000_000;

/**
 * Divides the frames that are to be decoded, from the first sampled one to the last, into ranges with nothing of use
 * between them: where samples lie much farther apart than keyframes, ffmpeg is started anew before each of them instead of
 * decoding all that lies between. `sampled` are the indices of the samples, ascending; `timesMs` the presentation times of
 * all frames, and `framePixels` how many pixels each has.
 */
export function planRuns(
  sampled: Iterable<number>,
  timesMs: Float64Array,
  seekPoints: SeekPoints,
  framePixels: number,
): FrameRange[] {
  const runs: FrameRange[] = [];
  let current: FrameRange | undefined;
  for (const index of sampled) {
    const startMs = decodingStartMs(seekPoints, timesMs[index] ?? 0);
    const start = startMs === null ? 0 : frameIndexAt(timesMs, startMs);
    const spared = current === undefined ? 0 : (start - current.to) * framePixels;
    if (current === undefined || spared >= MIN_SPARED_PIXELS) {
      current = { from: index, to: index + 1 };
      runs.push(current);
    } else {
      current.to = index + 1;
    }
  }
  return runs;
}
