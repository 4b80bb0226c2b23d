import { readdir, readFile } from 'node:fs/promises';

/** Process ids of everything that runs for the service in `dataDirectory`, by its environment (Linux). */
export async function processesOf(dataDirectory: string): Promise<number[]> {
  const wanted = `DATA_DIR=${dataDirectory}`;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end meanwhile, and that of another user is not ours.
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(wanted) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

/** Process ids of the descendants of a process, itself included. */
export async function processTree(root: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map(
    await Promise.all(
      pids.map(async (pid): Promise<[number, number]> => {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
        return [Number(pid), Number(/^\d+ \(.*\) \S (\d+)/.exec(stat)?.[1] ?? 0)];
      }),
    ),
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
