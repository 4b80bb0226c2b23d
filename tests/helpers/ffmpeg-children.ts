import { readdir, readFile } from 'node:fs/promises';
import { waitFor } from './wait-for.ts';

/** Process ids of the ffmpeg and ffprobe processes that this process started and that are not gone yet (Linux). */
export async function ffmpegChildren(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end between the listing and the reading.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [, command = '', parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? [];
      return /^ff(mpeg|probe)/.test(command) && Number(parent) === process.pid ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

/** Waits until none of them is left. */
export async function waitUntilNoFfmpeg(): Promise<void> {
  await waitFor(noChildren, 10_000, 'every ffmpeg to be gone');
}

async function noChildren(): Promise<true | undefined> {
  return (await ffmpegChildren()).length === 0 ? true : undefined;
}
