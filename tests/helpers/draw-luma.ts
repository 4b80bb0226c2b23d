import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { createRequire } from 'node:module';
import type { LumaImage } from '../../worker/luma-image.ts';
import { mulberry32 } from './mulberry32.ts';

const require = createRequire(import.meta.url);
GlobalFonts.registerFromPath(require.resolve('roboto-fontface/fonts/roboto/Roboto-Regular.woff2'), 'Plain');
GlobalFonts.registerFromPath(require.resolve('roboto-fontface/fonts/roboto/Roboto-Bold.woff2'), 'Bold');

/** A text to draw; `x`, `y` where its base line begins, in pixels. */
export interface DrawnText {
  text: string;
  x: number;
  y: number;
  /** Height of the font in pixels. */
  size: number;
  /** 0 black to 255 white. */
  level: number;
  face?: 'Plain' | 'Bold';
  /** By how many quarter turns it is turned to the right. */
  quarterTurns?: number;
  /** Brightness of a box behind it. */
  boxLevel?: number;
  /** Brightness of an outline around its letters. */
  outlineLevel?: number;
}

/** An even grey picture. */
export function evenLuma(width: number, height: number, level: number): LumaImage {
  return { width, height, data: new Uint8Array(new SharedArrayBuffer(width * height)).fill(level) };
}

/** Noise in squares of `grain` pixels, the same for the same seed. */
export function noisyLuma(width: number, height: number, grain: number, seed = 1): LumaImage {
  const random = mulberry32(seed);
  const columns = Math.ceil(width / grain);
  const levels = Array.from({ length: columns * Math.ceil(height / grain) }, () =>
    Math.floor(random() * 256),
  );
  const image = evenLuma(width, height, 0);
  for (let index = 0; index < image.data.length; index += 1) {
    const [x, y] = [index % width, Math.floor(index / width)];
    image.data[index] = levels[Math.floor(y / grain) * columns + Math.floor(x / grain)] ?? 0;
  }
  return image;
}

/** The picture with texts drawn over it; the given one stays as it is. */
export function drawTexts({ width, height, data }: LumaImage, texts: readonly DrawnText[]): LumaImage {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(width, height);
  for (const [index, level] of data.entries()) pixels.data.set([level, level, level, 255], index * 4);
  context.putImageData(pixels, 0, 0);
  const grey = (level: number) => `rgb(${level},${level},${level})`;
  for (const { text, x, y, size, level, face = 'Plain', quarterTurns = 0, ...around } of texts) {
    context.save();
    context.translate(x, y);
    context.rotate((quarterTurns * Math.PI) / 2);
    context.font = `${size}px ${face}`;
    if (around.boxLevel !== undefined) {
      context.fillStyle = grey(around.boxLevel);
      context.fillRect(-size / 2, -1.2 * size, context.measureText(text).width + size, 1.7 * size);
    }
    if (around.outlineLevel !== undefined) {
      context.strokeStyle = grey(around.outlineLevel);
      context.lineWidth = Math.max(2, size / 8);
      context.strokeText(text, 0, 0);
    }
    context.fillStyle = grey(level);
    context.fillText(text, 0, 0);
    context.restore();
  }
  const drawn = context.getImageData(0, 0, width, height).data;
  const image = evenLuma(width, height, 0);
  // Grey: each channel is the brightness.
  for (let index = 0; index < image.data.length; index += 1) image.data[index] = drawn[index * 4] ?? 0;
  return image;
}
