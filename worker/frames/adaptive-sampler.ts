import { countChangedPixels } from '../count-changed-pixels.ts';
import { median } from '../median.ts';
import type { Picture } from './pictures.ts';

/** Chooses, as the frames of a video come, those at which the picture changes. */
export interface AdaptiveSampler {
  /**
   * Looks at the next frame of the video. `onGrid`: it is sampled in any case. `after` samples it because of what changed
   * since the frame before; `both` also that one, which shows the last of what was there.
   */
  next(frame: WatchedFrame): 'none' | 'after' | 'both';
  /**
   * Whether the frame that was looked at last is sampled after all, because no other follows: it shows until when there
   * was what there is.
   */
  takesLast(): boolean;
}

/** What the sampler has to know of a frame. */
export interface WatchedFrame {
  /** Presentation time in milliseconds. */
  timeMs: number;
  /** The brightness of the frame, shrunk so far that each pixel is the mean of many; that of the last if it looks alike. */
  picture: Picture;
  onGrid: boolean;
}

/** A difference of brightness, of 255, that is neither noise nor what an encoder does to a still picture. */
export const VISIBLE_DIFFERENCE = 10;
/** So few changed pixels are no change worth a sample: a character of 12 pixels' height changes two or three. */
const MIN_CHANGED_PIXELS = 4;
/** By how much a change must exceed what moves all the time; see PySceneDetect's AdaptiveDetector for the idea. */
const ABOVE_USUAL = 2;
/** Frames whose median tells how much moves all the time. */
const USUAL_WINDOW = 15;
/** Extra samples that may come at once, and for each step of the grid, or each second if that is shorter. */
const BURST = 8;
const PER_STEP = 2;

/**
 * Makes the sampler for one video. Its budget is a token bucket: 8 extra samples at once, refilled by 2 for each step of
 * the grid (or for each second, if the grid is coarser), and never more than `maxExtra` in all.
 */
export function createAdaptiveSampler(samplesPerSecond: number, maxExtra: number): AdaptiveSampler {
  const tokensPerMs = (PER_STEP * Math.max(1, samplesPerSecond)) / 1000;
  const recent: number[] = [];
  let tokens = BURST;
  let left = maxExtra;
  let last: { timeMs: number; picture: Picture; sampled: boolean } | undefined;

  const decide = ({ timeMs, picture, onGrid }: WatchedFrame): 'none' | 'after' | 'both' => {
    if (last === undefined) return 'none';
    tokens = Math.min(BURST, tokens + (timeMs - last.timeMs) * tokensPerMs);
    const changed =
      picture === last.picture ? 0 : countChangedPixels(last.picture, picture, VISIBLE_DIFFERENCE);
    const stands = changed >= MIN_CHANGED_PIXELS && changed > ABOVE_USUAL * median(recent);
    recent.push(changed);
    if (recent.length > USUAL_WINDOW) recent.shift();
    const cost = (onGrid ? 0 : 1) + (last.sampled ? 0 : 1);
    if (!stands || cost === 0 || cost > tokens || cost > left) return 'none';
    tokens -= cost;
    left -= cost;
    return last.sampled ? 'after' : 'both';
  };

  return {
    next(frame) {
      const decision = decide(frame);
      last = { ...frame, sampled: frame.onGrid || decision !== 'none' };
      return decision;
    },
    takesLast: () => last !== undefined && !last.sampled && left > 0,
  };
}
