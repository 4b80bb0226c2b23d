import type { ImageSize } from '../fit-image.ts';
import { VISIBLE_DIFFERENCE } from './adaptive-sampler.ts';
import type { VideoFacts } from './probe-video.ts';

/** Formats that ffmpeg's filter compares as they are, without converting what goes on to the pictures. */
const COMPARABLE_FORMATS = /^yuvj?4(?:20|22|44)p$/;
/** So many frames running may look like the one before, so that whoever waits for frames gets some. */
const MAX_ALIKE = 24;
/** Above this sum no block looks unchanged to a person, however far the picture is shrunk. */
const MAX_BLOCK_DIFFERENCE = 100;

/**
 * The sum of the differences of a block of 8x8 pixels that a frame must reach somewhere to be made pictures of, when changes
 * are looked for in `shrunk`: less cannot make one of its pixels differ visibly, because a block holds all that a pixel
 * stands for, as long as that is no more than 4x4. Undefined when frames of this video cannot be compared.
 */
export function alikeBelow(
  { pixelFormat, media }: Pick<VideoFacts, 'pixelFormat' | 'media'>,
  shrunk: ImageSize | undefined,
): number | undefined {
  if (shrunk === undefined || pixelFormat === undefined || !COMPARABLE_FORMATS.test(pixelFormat))
    return undefined;
  const sourcePixels = (media.width * media.height) / (shrunk.width * shrunk.height);
  return Math.max(1, Math.min(MAX_BLOCK_DIFFERENCE, Math.floor(VISIBLE_DIFFERENCE * sourcePixels)));
}

/**
 * ffmpeg's filters that announce every frame, at next to no cost, and let only those pass that differ, in some block of 8x8
 * pixels, by `blockDifference` or more from the last that passed. The announcements are told from those of what passed by
 * their format, because lines of the log may run into each other and lose the name of the filter.
 */
export function skipAlikeFilters(blockDifference: number): string {
  const threshold = `hi=${blockDifference}:lo=${blockDifference}:frac=0`;
  return (
    'split[every][differing];' +
    String.raw`[every]crop=min(16\,iw):min(16\,ih):0:0,showinfo,nullsink;` +
    `[differing]mpdecimate=max=${MAX_ALIKE}:${threshold}`
  );
}

/** Whether a line of ffmpeg's log announces a frame before those that look alike are left out. */
export function announcesEvery(line: string): boolean {
  return / fmt:yuv/.test(line);
}
