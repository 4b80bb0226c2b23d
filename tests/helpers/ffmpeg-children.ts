import { readProcesses } from './linux-processes.ts';
import { waitFor } from './wait-for.ts';

/** Process ids of the ffmpeg and ffprobe processes that this process started and that are not gone yet (Linux). */
export async function ffmpegChildren(): Promise<number[]> {
  return (await readProcesses('stat')).flatMap(({ pid, text }) => {
    const [, command = '', parent] = /^\d+ \((.*)\) \S (\d+)/.exec(text) ?? [];
    return /^ff(mpeg|probe)/.test(command) && Number(parent) === process.pid ? [pid] : [];
  });
}

/** Waits until none of them is left. */
export async function waitUntilNoFfmpeg(): Promise<void> {
  await waitFor(noChildren, 10_000, 'every ffmpeg to be gone');
}

async function noChildren(): Promise<true | undefined> {
  return (await ffmpegChildren()).length === 0 ? true : undefined;
}
