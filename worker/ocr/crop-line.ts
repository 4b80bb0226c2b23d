import type { LumaImage } from '../luma-image.ts';
import { liftInk } from './lift-ink.ts';
import type { PixelBox, TextRegion } from './text-region.ts';

/** How a crop is turned before it is read: by 90 degrees to the left, to the right, or not at all. */
export type Turn = 'none' | 'left' | 'right';

/** A region of a frame, made easy to read: dark on light, contrast stretched, letters of one size. */
export interface LineCrop {
  turn: Turn;
  /** Pixels of the crop for one of the frame. */
  scale: number;
  /** What was cut out of the frame. */
  box: PixelBox;
  image: LumaImage;
}

/** Height in pixels that letters are brought to: small letters here, so that capitals have the 30 that the engine reads best. */
const LETTER_HEIGHT = 24;
const LARGEST_SCALE = 5;
/** What is cut out above and below a region, in heights of its letters: accents need the room, and the engine some paper. */
const MARGIN_BESIDE = 0.45;
/** The same before and after it: a full stop is no letter, but belongs to the line. */
const MARGIN_AT_ENDS = 0.9;
/** Averaged positions a pixel and direction where a crop shrinks, so that no stroke is skipped. */
const MOST_SAMPLES = 6;

/** Cuts a region out of a frame, given its stroke marks (see markStrokes), and makes it easy to read. */
export function cropLine(frame: LumaImage, marks: Uint8Array, region: TextRegion, turn: Turn): LineCrop {
  const beside = Math.max(2, Math.round(region.letterHeight * MARGIN_BESIDE));
  const atEnds = Math.max(2, Math.round(region.letterHeight * MARGIN_AT_ENDS));
  const [acrossMargin, downMargin] = region.isVertical ? [beside, atEnds] : [atEnds, beside];
  const box = {
    left: Math.max(0, region.left - acrossMargin),
    top: Math.max(0, region.top - downMargin),
    right: Math.min(frame.width, region.right + acrossMargin),
    bottom: Math.min(frame.height, region.bottom + downMargin),
  };
  const source = liftInk(frame, marks, region, box);
  const scale = Math.min(LARGEST_SCALE, LETTER_HEIGHT / region.letterHeight);
  return { turn, scale, box, image: resample(source, scale, turn) };
}

/** The picture, scaled and turned. */
function resample(source: LumaImage, scale: number, turn: Turn): LumaImage {
  const [across, down] = turn === 'none' ? [source.width, source.height] : [source.height, source.width];
  const width = Math.max(1, Math.round(across * scale));
  const height = Math.max(1, Math.round(down * scale));
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  const samples = Math.min(MOST_SAMPLES, Math.ceil(1 / scale));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let sample = 0; sample < samples * samples; sample += 1) {
        const u = (x + ((sample % samples) + 0.5) / samples) / scale;
        const v = (y + (Math.floor(sample / samples) + 0.5) / samples) / scale;
        if (turn === 'none') sum += interpolate(source, u - 0.5, v - 0.5);
        else if (turn === 'left') sum += interpolate(source, source.width - v - 0.5, u - 0.5);
        else sum += interpolate(source, v - 0.5, source.height - u - 0.5);
      }
      data[y * width + x] = Math.round(sum / (samples * samples));
    }
  }
  return { width, height, data };
}

/** Brightness between pixels, bilinear; positions count from the centre of the first pixel. */
function interpolate({ width, height, data }: LumaImage, x: number, y: number): number {
  const left = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const top = Math.min(height - 1, Math.max(0, Math.floor(y)));
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, top + 1);
  const u = Math.min(1, Math.max(0, x - left));
  const v = Math.min(1, Math.max(0, y - top));
  const upper = (data[top * width + left] ?? 0) * (1 - u) + (data[top * width + right] ?? 0) * u;
  const lower = (data[bottom * width + left] ?? 0) * (1 - u) + (data[bottom * width + right] ?? 0) * u;
  return upper * (1 - v) + lower * v;
}
