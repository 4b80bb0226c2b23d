import { type ChangeMask, findChanges, hasChanges } from '../change-mask.ts';
import type { LumaImage } from '../luma-image.ts';

/** What frames are compared with. */
export interface ReuseState {
  /** The last frame that was analysed. */
  frameIndex: number;
  thumbnail: LumaImage;
  /** What the picture looked like when each part of it was read last. */
  readThumbnail: LumaImage;
}

/** What is to be done with a frame. */
export interface ReuseChoice {
  /** The frame that this one looks like, whose results it gets; null when it has to be analysed. */
  likeFrame: number | null;
  /** Where text has to be read again; all over the frame without it. */
  changed?: ChangeMask;
  /** What the next frame is compared with, to be kept with the results; none when nothing is ever reused. */
  state?: ReuseState;
}

/** Tells, frame by frame in the order of the video, what has to be analysed again. */
export interface FrameReuse {
  next(frameIndex: number, thumbnail: LumaImage): ReuseChoice;
}

/**
 * A frame looks like the last analysed one when their thumbnails differ nowhere (see findChanges; `threshold` is 0..255).
 * Otherwise, text is read where it differs from what was read last. Frames are compared with what was looked at and not with
 * the frame before, so that slow changes add up. `state` is where an earlier run over the same video left off.
 */
export function createFrameReuse(threshold: number, state?: ReuseState): FrameReuse {
  let last = state;
  return {
    next(frameIndex, thumbnail) {
      if (last === undefined) {
        last = { frameIndex, thumbnail, readThumbnail: thumbnail };
        return { likeFrame: null, state: last };
      }
      if (!hasChanges(findChanges(last.thumbnail, thumbnail, threshold))) {
        return { likeFrame: last.frameIndex, state: last };
      }
      const changed = findChanges(last.readThumbnail, thumbnail, threshold);
      const readThumbnail = replaceChanged(last.readThumbnail, thumbnail, changed);
      last = { frameIndex, thumbnail, readThumbnail };
      return { likeFrame: null, changed, state: last };
    },
  };
}

/** Has every frame analysed, all of it. */
export function noFrameReuse(): FrameReuse {
  return { next: () => ({ likeFrame: null }) };
}

function replaceChanged(old: LumaImage, fresh: LumaImage, { changed }: ChangeMask): LumaImage {
  const data = new Uint8Array(new SharedArrayBuffer(old.data.length));
  data.set(old.data);
  for (let index = 0; index < data.length; index += 1) {
    if (changed[index] === 1) data[index] = fresh.data[index] ?? 0;
  }
  return { ...old, data };
}
