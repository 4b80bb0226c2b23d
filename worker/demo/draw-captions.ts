import { createCanvas } from '@napi-rs/canvas';
import type { PixelSize } from '../frames/video-stream.ts';
import { DEMO_FONT, registerDemoFont } from './demo-font.ts';

/** How a caption looks: light text on a dark band near the lower edge. */
export interface CaptionStyle {
  /** Pixels. */
  fontSize: number;
  /** Distance of the band from the lower edge, in pixels. */
  bottom: number;
}

/** Draws one caption on a transparent picture of the video's size; returns the bytes of a PNG. */
export async function drawCaption(text: string, size: PixelSize, style: CaptionStyle): Promise<Buffer> {
  registerDemoFont();
  const canvas = createCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  context.font = `${style.fontSize}px "${DEMO_FONT}"`;
  const boxHeight = style.fontSize * 2;
  const top = size.height - style.bottom - boxHeight;
  // As wide as the picture and opaque: text recognition takes what lies beside or shines through for letters.
  context.fillStyle = 'rgb(12, 16, 24)';
  context.fillRect(0, top, size.width, boxHeight);
  context.fillStyle = '#ffffff';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, size.width / 2, top + boxHeight / 2);
  return canvas.encode('png');
}
