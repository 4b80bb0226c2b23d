import { readdir, readFile } from 'node:fs/promises';
import { waitFor } from './wait-for.ts';

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits until none of the processes exists. */
export async function waitUntilGone(pids: Iterable<number>, timeoutMs = 10_000): Promise<void> {
  const all = [...pids];
  await waitFor(async () => (all.some(isAlive) ? undefined : true), timeoutMs, 'all processes to be gone');
}

/** Command lines of all processes of this machine that name `text` (Linux). */
export async function processesNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end between the listing and the reading.
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(text)).map((line) => line.replaceAll('\0', ' '));
}
