import { createCanvas } from '@napi-rs/canvas';
import { DEMO_FONT, registerDemoFont } from './demo-font.ts';
import type { ImageSize } from '../fit-image.ts';

/** How a caption looks: light text on a dark band along the lower edge. */
export interface CaptionStyle {
  /** Pixels; the band is BAND_LINES times as high. */
  fontSize: number;
}

/** With less room around it, text recognition takes edges of the photograph for parts of the letters. */
const BAND_LINES = 2.6;

/** Draws one caption on a transparent picture of the video's size; returns the bytes of a PNG. */
export async function drawCaption(text: string, size: ImageSize, style: CaptionStyle): Promise<Buffer> {
  registerDemoFont();
  const canvas = createCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  context.font = `${style.fontSize}px "${DEMO_FONT}"`;
  const bandHeight = Math.round(style.fontSize * BAND_LINES);
  const top = size.height - bandHeight;
  context.fillStyle = 'rgb(12, 16, 24)';
  context.fillRect(0, top, size.width, bandHeight);
  context.fillStyle = '#ffffff';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, size.width / 2, top + bandHeight / 2);
  return canvas.encode('png');
}
