import { z } from 'zod';
import type { ReuseState } from './frame-reuse.ts';
import { decodeLuma, encodeLuma, storedLumaSchema } from './stored-luma.ts';

/** What frames are compared with, in a form that can be written down. */
export const storedReuseStateSchema = storedLumaSchema.extend({
  frameIndex: z.number(),
  readPixels: z.base64(),
});

/** See storedReuseStateSchema. */
export type StoredReuseState = z.infer<typeof storedReuseStateSchema>;

/** The state as it is kept with the frames that are done, so that another run can go on from there. */
export function encodeReuseState({ frameIndex, thumbnail, readThumbnail }: ReuseState): StoredReuseState {
  return { frameIndex, ...encodeLuma(thumbnail), readPixels: encodeLuma(readThumbnail).pixels };
}

/** The state that encodeReuseState was given. */
export function decodeReuseState({ frameIndex, readPixels, ...thumbnail }: StoredReuseState): ReuseState {
  return {
    frameIndex,
    thumbnail: decodeLuma(thumbnail),
    readThumbnail: decodeLuma({ ...thumbnail, pixels: readPixels }),
  };
}
