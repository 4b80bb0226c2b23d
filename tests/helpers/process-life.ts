import { readProcesses } from './linux-processes.ts';
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
  const lines = (await readProcesses('cmdline')).map((read) => read.text);
  return lines.filter((line) => line.includes(text)).map((line) => line.replaceAll('\0', ' '));
}
