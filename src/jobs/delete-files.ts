import type { Logger } from '../logger.ts';
import type { StorageService } from '../storage/storage-service.ts';

/**
 * Deletes files that no row names any more. One that cannot be deleted is logged, left to the sweeper, and keeps none of
 * the others: what the caller did is done. Resolves to the errors, for a caller whose own caller must know.
 */
export async function deleteFiles(
  storage: StorageService,
  keys: Iterable<string>,
  logger: Logger,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const key of keys) {
    try {
      await storage.delete(key);
    } catch (error) {
      logger.warn({ err: error, key }, 'a file that is no longer needed could not be deleted');
      failures.push(error);
    }
  }
  return failures;
}
