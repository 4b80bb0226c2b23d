import type { LumaImage } from '../luma-image.ts';

/**
 * The image as a binary portable graymap (P5, https://netpbm.sourceforge.net/doc/pgm.html). Tesseract's image library reads
 * it as it is; given colours, it takes a third longer over the same text.
 */
export function toPortableGraymap({ width, height, data }: LumaImage): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), data]);
}
