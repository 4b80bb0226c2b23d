import type { DataSource } from 'typeorm';
import type { Logger } from '../logger.ts';
import type { StoredFile } from '../storage/storage-service.ts';
import { findFileOwners, type FileOwner } from './find-file-owners.ts';
import { parseStoredKey, type StoredKey } from './parse-stored-key.ts';

/** Files whose owners one query looks up. */
const BATCH = 500;

/** Removes files that belong to nobody, and resolves to their number. */
export type RemoveOrphans = (signal: AbortSignal) => Promise<number>;

/**
 * Makes the function. Files that are not ours by their key, and those that were written to within the last `graceMs`
 * milliseconds, are left alone. Memory is bounded by the batch, however many files there are.
 */
export function createRemoveOrphans(deps: {
  dataSource: DataSource;
  /** The folder: how to list it, and how to remove a file from it. */
  files: { list(): AsyncIterable<StoredFile>; delete(key: string): Promise<void> };
  isOrphan: (key: string, file: StoredKey, owner: FileOwner) => boolean;
  graceMs: number;
  logger: Logger;
}): RemoveOrphans {
  const { dataSource, files, isOrphan, graceMs, logger } = deps;

  const removeFile = async (key: string): Promise<number> => {
    try {
      await files.delete(key);
      logger.debug({ key }, 'removed a file that belongs to nobody');
      return 1;
    } catch (error) {
      // It must not keep the others from being removed.
      logger.warn({ key, err: error }, 'a file that belongs to nobody could not be removed');
      return 0;
    }
  };

  const removeOrphansAmong = async (batch: ReadonlyMap<string, StoredKey>): Promise<number> => {
    const ids = [...batch.values()].map(({ jobId }) => jobId);
    const owners = await findFileOwners(dataSource, ids, [...batch.keys()]);
    let count = 0;
    for (const [key, file] of batch) {
      const owner = owners.get(file.jobId);
      if (owner && isOrphan(key, file, owner)) count += await removeFile(key);
    }
    return count;
  };

  return async (signal) => {
    let count = 0;
    let batch = new Map<string, StoredKey>();
    for await (const { key, modifiedAt } of files.list()) {
      if (signal.aborted) return count;
      if (modifiedAt.getTime() > Date.now() - graceMs) continue;
      const file = parseStoredKey(key);
      if (!file) continue;
      batch.set(key, file);
      if (batch.size < BATCH) continue;
      count += await removeOrphansAmong(batch);
      batch = new Map();
    }
    return batch.size === 0 ? count : count + (await removeOrphansAmong(batch));
  };
}
