// Preloaded with --import into the processes of the product: makes the file system pause or fail at exact points, which
// CHAOS_FAULTS lists (see chaos-faults.ts). Storage is all that writes files of a worker, so the points are its own.
import { existsSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';

const faults = JSON.parse(process.env.CHAOS_FAULTS ?? '[]');
const { open, rename } = promises;

promises.rename = async (from, to) => {
  for (const { kind, target, marker } of faults) {
    // Once in the life of the marker: the successor of a process that was killed here goes on.
    if (kind !== 'pause' || !new RegExp(target).test(to) || existsSync(marker)) continue;
    writeFileSync(marker, to);
    while (!existsSync(`${marker}.go`)) await delay(10);
  }
  return rename(from, to);
};

promises.open = async (path, ...options) => {
  const file = await open(path, ...options);
  const writev = file.writev.bind(file);
  let begun = false;
  file.writev = async (buffers, ...rest) => {
    const beginning = begun ? '' : Buffer.concat(buffers).subarray(0, 200).toString();
    begun = true;
    const full = faults.find(
      ({ kind, begins, lifted }) =>
        kind === 'full disk' && beginning.startsWith(begins) && beginning !== '' && !existsSync(lifted),
    );
    if (!full) return writev(buffers, ...rest);
    // As a disk does it: some of the bytes find room.
    await writev([Buffer.concat(buffers).subarray(0, 100)]);
    writeFileSync(full.marker, String(path));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      errno: -28,
      syscall: 'write',
    });
  };
  return file;
};
syncBuiltinESMExports();
