import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

/** The longest side for `maxFrameSide` at which a stand-in's frames of tiny.mp4 have STAND_IN_FRAME_BYTES. */
export const STAND_IN_FRAME_SIDE = 64;
const STAND_IN_FRAME_BYTES = 64 * 36 * 3;

/** Writes a shell script that takes ffmpeg's or ffprobe's place; resolves to its path. */
export async function writeStandIn(folder: string, name: string, ...commands: string[]): Promise<string> {
  const path = join(folder, name);
  // findFfmpegBinaries asks every program for its version, and ffmpeg for its filters.
  const version = '[ "$1" = -version ] && echo "ffmpeg version stand-in" && exit 0';
  const filters = '[ "$2" = -filters ] && exit 0';
  await writeFile(path, ['#!/bin/sh', version, filters, ...commands, ''].join('\n'), { mode: 0o755 });
  return path;
}

/** Shell commands that deliver the first `count` frames of tiny.mp4, all black, as ffmpeg would. */
export function deliverFrames(count: number): string {
  const log = (text: string) => `echo '[Parsed_showinfo_1 @ 0x1] [info] ${text}' >&2`;
  const frames = Array.from({ length: count }, (_, index) => [
    log(`n:   ${index} pts:  ${index} pts_time:${index / 8}`),
    `head -c ${STAND_IN_FRAME_BYTES} /dev/zero`,
  ]);
  return [log('config in time_base: 1/8, frame_rate: 8/1'), ...frames.flat()].join('\n');
}

/** The process id that a stand-in has written to a file, as soon as it stands there. */
export async function readPid(path: string): Promise<number> {
  return waitFor(
    async () => {
      const text = await readFile(path, 'utf8').catch(() => '');
      return text.endsWith('\n') ? Number(text) : undefined;
    },
    20_000,
    `a process id in ${path}`,
  );
}

/** Waits until a process has ended; one that its parent has not asked after yet has (Linux). */
export async function waitUntilGone(pid: number): Promise<void> {
  await waitFor(async () => ((await isRunning(pid)) ? undefined : true), 10_000, `the end of process ${pid}`);
}

/** Whether a process has not ended yet (Linux). */
export async function isRunning(pid: number): Promise<boolean> {
  await access('/proc/self/stat');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) [ZX]/s.test(stat);
}
