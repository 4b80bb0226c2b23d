import { z } from 'zod';
import type { LumaImage } from '../luma-image.ts';

/** A grey picture in a form that can be written down, its pixels in base64. */
export const storedLumaSchema = z.object({ width: z.number(), height: z.number(), pixels: z.base64() });

/** See storedLumaSchema. */
export type StoredLuma = z.infer<typeof storedLumaSchema>;

/** The picture as it is kept with the frames that are done. */
export function encodeLuma({ width, height, data }: LumaImage): StoredLuma {
  return { width, height, pixels: Buffer.from(data.buffer).toString('base64') };
}

/** The picture that encodeLuma was given. */
export function decodeLuma({ width, height, pixels }: StoredLuma): LumaImage {
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  data.set(Buffer.from(pixels, 'base64').subarray(0, data.length));
  return { width, height, data };
}
