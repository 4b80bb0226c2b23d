import { findChanges } from '../change-mask.ts';
import type { LumaImage } from '../luma-image.ts';
import type { PipelineProgress } from './pipeline.ts';

/** A reference frame in a form that can be written down. */
export type StoredReference = NonNullable<PipelineProgress['reference']>;

/** A frame that was analysed, and what it looked like, shrunk. */
export interface ReferenceFrame {
  frameIndex: number;
  thumbnail: LumaImage;
}

/** Tells, frame by frame in the order of the video, whether a frame shows what the last analysed one showed. */
export interface FrameReuse {
  /**
   * The frame that the next one looks like; itself when it has to be analysed. Compared with the last frame that was
   * analysed, not with the one before, so that slow changes add up.
   */
  next(frameIndex: number, thumbnail: LumaImage): ReferenceFrame;
}

/**
 * A frame looks like another when their thumbnails differ nowhere (see findChanges; `threshold` is 0..255). `reference` is where
 * an earlier run over the same video left off.
 */
export function createFrameReuse(threshold: number, reference?: ReferenceFrame): FrameReuse {
  let last = reference;
  return {
    next(frameIndex, thumbnail) {
      const isLike = last !== undefined && findChanges(last.thumbnail, thumbnail, threshold).count === 0;
      if (!isLike || last === undefined) last = { frameIndex, thumbnail };
      return last;
    },
  };
}

/** Reuse that never takes a frame for another. */
export function noFrameReuse(): FrameReuse {
  return { next: (frameIndex, thumbnail) => ({ frameIndex, thumbnail }) };
}

/** The reference as it is kept with the frames that are done, so that another run can go on from there. */
export function encodeReference({
  frameIndex,
  thumbnail: { width, height, data },
}: ReferenceFrame): StoredReference {
  return { frameIndex, width, height, pixels: Buffer.from(data.buffer).toString('base64') };
}

/** The reference that encodeReference was given. */
export function decodeReference({ frameIndex, width, height, pixels }: StoredReference): ReferenceFrame {
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  data.set(Buffer.from(pixels, 'base64').subarray(0, data.length));
  return { frameIndex, thumbnail: { width, height, data } };
}
