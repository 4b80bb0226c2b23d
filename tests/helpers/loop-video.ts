import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TINY_VIDEO, testBinaries } from './video-tools.ts';

/** Makes a video of that many seconds, in steps of three, of the committed one shown again and again; nothing is encoded. */
export async function loopVideo(path: string, seconds: number): Promise<string> {
  const again = Math.ceil(seconds / 3) - 1;
  const options = ['-v', 'error', '-stream_loop', String(again), '-i', TINY_VIDEO, '-c', 'copy', path];
  await promisify(execFile)((await testBinaries()).ffmpegPath, options);
  return path;
}
