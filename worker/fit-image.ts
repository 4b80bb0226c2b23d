/** A picture's size in pixels. */
export interface ImageSize {
  width: number;
  height: number;
}

/**
 * How a picture of one shape fills another: `stretch` fills all of it and changes the proportions; `letterbox` keeps
 * them, centres the picture and leaves bars, as YOLO models were trained with.
 */
export type ImageFit = 'stretch' | 'letterbox';

/** Where in the target the picture lies, in pixels from the top left; the rest is bars. */
export interface PlacedImage extends ImageSize {
  x: number;
  y: number;
}

/** Places a picture of the size `source` in one of the size `target`, on whole pixels. */
export function placeImage(source: ImageSize, target: ImageSize, fit: ImageFit): PlacedImage {
  if (fit === 'stretch') return { x: 0, y: 0, ...target };
  const scale = Math.min(target.width / source.width, target.height / source.height);
  const width = Math.min(target.width, Math.max(1, Math.round(source.width * scale)));
  const height = Math.min(target.height, Math.max(1, Math.round(source.height * scale)));
  return {
    x: Math.floor((target.width - width) / 2),
    y: Math.floor((target.height - height) / 2),
    width,
    height,
  };
}
