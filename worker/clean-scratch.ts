import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../src/logger.ts';
import { errnoOf } from '../src/storage/file-errors.ts';

/** What is in use was made moments ago: engines need their folders while they start. */
const IN_USE_MS = 3_600_000;

/**
 * Removes what workers that were killed left in the scratch folder of this machine; several workers share it. Resolves
 * to the number of things that went. A failure is logged: it must not keep a worker from starting.
 */
export async function cleanScratch(
  directory: string,
  logger: Logger,
  inUseMs: number = IN_USE_MS,
): Promise<number> {
  let removed = 0;
  try {
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      if ((await stat(path)).mtimeMs > Date.now() - inUseMs) continue;
      await rm(path, { recursive: true, force: true });
      removed += 1;
    }
  } catch (error) {
    // Another worker may be cleaning too, or there is nothing to clean yet.
    if (errnoOf(error) !== 'ENOENT')
      logger.warn({ err: error }, 'old files in the scratch folder could not be removed');
  }
  return removed;
}
