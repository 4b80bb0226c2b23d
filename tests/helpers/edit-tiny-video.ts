import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TINY_VIDEO, testBinaries } from './video-tools.ts';

/** Makes the fixture with a cut at 1500 ms: from there on, it shows one of the people from near; its caption stays. */
export async function makeCutVideo(path: string): Promise<string> {
  const filters = [
    '[0:v]split=3[all][part][line]',
    '[part]crop=240:135:20:70,scale=640:360[near]',
    '[line]crop=340:44:150:294[text]',
    '[near][text]overlay=150:294[behind]',
    "[all][behind]overlay=enable='gte(t,1.5)'",
  ];
  return edit(path, ['-filter_complex', filters.join(';')]);
}

/** Makes the fixture's first second: its first frame stands still for half of it, then comes the rest as it was. */
export async function makeStillVideo(path: string): Promise<string> {
  return edit(path, ['-vf', 'loop=loop=4:size=1:start=0,trim=end_frame=9,setpts=N/8/TB']);
}

async function edit(path: string, filters: readonly string[]): Promise<string> {
  const { ffmpegPath } = await testBinaries();
  await promisify(execFile)(ffmpegPath, ['-v', 'error', '-y', '-i', TINY_VIDEO, ...filters, path]);
  return path;
}
