import { readProcesses } from './linux-processes.ts';

/** Process ids of everything that runs for the service in `dataDirectory`, by its environment (Linux). */
export async function processesOf(dataDirectory: string): Promise<number[]> {
  const wanted = `DATA_DIR=${dataDirectory}`;
  const all = await readProcesses('environ');
  return all.filter(({ text }) => text.split('\0').includes(wanted)).map(({ pid }) => pid);
}

/** Process ids of the descendants of a process, itself included. */
export async function processTree(root: number): Promise<number[]> {
  const parents = (await readProcesses('stat')).map(
    ({ pid, text }) => [pid, Number(/^\d+ \(.*\) \S (\d+)/.exec(text)?.[1] ?? 0)] as const,
  );
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

/** Sends a signal to processes, of which some may be gone already. */
export function signalAll(pids: Iterable<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It is gone.
    }
  }
}
