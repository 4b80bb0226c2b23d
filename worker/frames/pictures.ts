import { type ImageFit, type ImageSize, placeImage } from '../fit-image.ts';

/** How frames are wanted, and by which name: ffmpeg scales and converts them, in native code. */
export interface PictureRequest<Name extends string = string> extends ImageSize {
  name: Name;
  /** `gray` is the brightness alone, one byte a pixel; `rgb24` three bytes, red first. */
  pixels: 'gray' | 'rgb24';
  fit: ImageFit;
}

/** One frame as it was wanted. */
export interface Picture extends ImageSize {
  /** Rows from the top. Backed by memory that other threads may read at the same time. */
  data: Uint8Array<SharedArrayBuffer>;
}

const BYTES_A_PIXEL: Readonly<Record<PictureRequest['pixels'], number>> = { gray: 1, rgb24: 3 };
/** The grey with which YOLO models were trained to see bars. */
const BAR_COLOUR = '0x727272';

/** The pictures of one frame, by the names under which they were asked for. */
export type Pictures<Name extends string> = Readonly<Record<Name, Picture>>;

/** How many bytes such a picture has. */
export function pictureBytes({ width, height, pixels }: PictureRequest): number {
  return width * height * BYTES_A_PIXEL[pixels];
}

/** ffmpeg's filters that make such a picture of a frame that is displayed at the size `displayed`. */
export function pictureFilters(displayed: ImageSize, request: PictureRequest): string[] {
  const { x, y, width, height } = placeImage(displayed, request, request.fit);
  const scaled = [
    `scale=${width}:${height}:flags=${scalerFor(displayed, request)}`,
    `format=${request.pixels}`,
  ];
  const hasBars = width < request.width || height < request.height;
  return hasBars
    ? [...scaled, `pad=${request.width}:${request.height}:${x}:${y}:color=${BAR_COLOUR}`]
    : scaled;
}

/**
 * How ffmpeg scales coloured pictures, as models were trained: those that take stretched pictures with TensorFlow's
 * interpolation between four pixels, the others with one over all pixels that a target's covers. docs/accuracy.md has
 * the difference.
 */
const COLOUR_SCALERS: Readonly<Record<ImageFit, string>> = {
  stretch: 'fast_bilinear',
  letterbox: 'bilinear',
};

/** A brightness that is shrunk far stands for whole areas: each pixel is to be their mean. */
function scalerFor(displayed: ImageSize, { width, pixels, fit }: PictureRequest): string {
  if (pixels === 'rgb24') return COLOUR_SCALERS[fit];
  return width * 4 <= displayed.width ? 'area' : 'bicubic';
}
