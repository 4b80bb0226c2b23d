import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';
import { AppError } from '../../src/errors.ts';

/** Family name under which the demo's drawings use their font. */
export const DEMO_FONT = 'Foregsyte Demo';

const FONT_FILE = 'roboto-fontface/fonts/roboto/Roboto-Medium.woff2';

/**
 * Makes the demo's font known to the canvas; a second call does nothing. The font comes with the product, because a
 * bare server has none and would draw nothing at all.
 * @throws AppError TOOL_UNAVAILABLE when the font's package is not installed.
 */
export function registerDemoFont(): void {
  if (GlobalFonts.has(DEMO_FONT)) return;
  let cause: unknown;
  try {
    const path = createRequire(import.meta.url).resolve(FONT_FILE);
    if (GlobalFonts.registerFromPath(path, DEMO_FONT) !== null) return;
  } catch (error) {
    cause = error;
  }
  throw new AppError('TOOL_UNAVAILABLE', 'The font of the demo is missing. Run npm ci to install it.', {
    cause,
  });
}
