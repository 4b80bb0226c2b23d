import { readdir, readFile } from 'node:fs/promises';

/** What the file of /proc says of every process of this machine (Linux); nothing of those that may not be read. */
export async function readProcesses(
  file: 'stat' | 'cmdline' | 'environ',
): Promise<{ pid: number; text: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      // A process may end between the listing and the reading.
      const text = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      return { pid: Number(pid), text };
    }),
  );
}
