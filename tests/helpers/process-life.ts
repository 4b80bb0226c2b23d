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
