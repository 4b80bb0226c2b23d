import { z } from 'zod';
import type { LumaImage } from '../luma-image.ts';
import type { ReuseState } from './frame-reuse.ts';

/** What frames are compared with, in a form that can be written down; the pixels of both pictures in base64. */
export const storedReuseStateSchema = z.object({
  frameIndex: z.number(),
  width: z.number(),
  height: z.number(),
  pixels: z.base64(),
  readPixels: z.base64(),
});

/** See storedReuseStateSchema. */
export type StoredReuseState = z.infer<typeof storedReuseStateSchema>;

/** The state as it is kept with the frames that are done, so that another run can go on from there. */
export function encodeReuseState({ frameIndex, thumbnail, readThumbnail }: ReuseState): StoredReuseState {
  const { width, height } = thumbnail;
  return { frameIndex, width, height, pixels: encode(thumbnail), readPixels: encode(readThumbnail) };
}

/** The state that encodeReuseState was given. */
export function decodeReuseState({ frameIndex, pixels, readPixels, ...size }: StoredReuseState): ReuseState {
  return { frameIndex, thumbnail: decode(pixels, size), readThumbnail: decode(readPixels, size) };
}

function encode({ data }: LumaImage): string {
  return Buffer.from(data.buffer).toString('base64');
}

function decode(pixels: string, { width, height }: { width: number; height: number }): LumaImage {
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  data.set(Buffer.from(pixels, 'base64').subarray(0, data.length));
  return { width, height, data };
}
