import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { testBinaries } from './video-tools.ts';

const run = promisify(execFile);

/** Makes a video of so many seconds at `path`: 1280x720, 24 frames a second, moving patterns. */
export async function makeLongVideo(path: string, seconds: number): Promise<void> {
  const { ffmpegPath } = await testBinaries();
  const source = `testsrc=size=1280x720:rate=24:duration=${seconds}`;
  const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  await run(ffmpegPath, ['-v', 'error', '-f', 'lavfi', '-i', source, ...encoding, '-y', path]);
}
