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
  const source = `testsrc2=size=128x96:rate=25:duration=${seconds}`;
  const input = ['-v', 'error', '-f', 'lavfi', '-i', source];
  const codec = ['-c:v', encoder, '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
  await promisify(execFile)((await testBinaries()).ffmpegPath, [...input, ...codec, ...options, path]);
  return path;
}
