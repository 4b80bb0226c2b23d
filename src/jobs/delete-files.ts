import type { Logger } from '../logger.ts';
import type { StorageService } from '../storage/storage-service.ts';

/**
 * Deletes files that no row names any more. A file that cannot be deleted is logged and left to the sweeper: what the
 * caller did is done, and must not look as if it had failed.
 */
export async function deleteFiles(
  storage: StorageService,
  keys: Iterable<string>,
  logger: Logger,
): Promise<void> {
  for (const key of keys) {
    try {
      await storage.delete(key);
    } catch (error) {
      logger.warn({ err: error, key }, 'a file that is no longer needed could not be deleted');
    }
  }
}
