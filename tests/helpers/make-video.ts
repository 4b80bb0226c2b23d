import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { testBinaries } from './video-tools.ts';

/**
 * Makes a video of moving patterns, 128x96 at 25 frames a second, with the encoder of that name; `options` come after
 * the encoder's.
 */
export async function makeVideo(
  path: string,
  seconds: number,
  options: readonly string[],
  encoder: 'libx264' | 'libx265' = 'libx264',
): Promise<string> {
  return encode(path, `testsrc2=size=128x96:rate=25:duration=${seconds}`, options, encoder);
}

/**
 * Makes a video of a picture that stands still, 320x240 at 25 frames a second; `filters` are ffmpeg's and may change it, and
 * `options` come after the encoder's.
 */
export async function makeStillVideo(
  path: string,
  seconds: number,
  filters: string,
  options: readonly string[] = [],
): Promise<string> {
  const source = `smptebars=size=320x240:rate=25:duration=${seconds},${filters}`;
  return encode(path, source, options, 'libx264');
}

async function encode(
  path: string,
  source: string,
  options: readonly string[],
  encoder: string,
): Promise<string> {
  const input = ['-v', 'error', '-f', 'lavfi', '-i', source];
  const codec = ['-c:v', encoder, '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
  await promisify(execFile)((await testBinaries()).ffmpegPath, [...input, ...codec, ...options, path]);
  return path;
}
