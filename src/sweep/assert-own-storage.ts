import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { StorageService } from '../storage/storage-service.ts';

/** Whether the files of the storage are those that the database tells of. */
export type AssertOwnStorage = () => Promise<void>;

const rowsSchema = z.tuple([z.object({ databaseId: z.uuid() })]);

/**
 * Makes the check. To a database that is not theirs, all files are orphans: one wrong DATABASE_URL and the sweep would
 * remove every video. So a storage belongs to the database that came first.
 * It throws AppError INVALID_CONFIGURATION when it is another's.
 */
export function createAssertOwnStorage(deps: {
  dataSource: DataSource;
  storage: Pick<StorageService, 'claim'>;
}): AssertOwnStorage {
  const { dataSource, storage } = deps;
  return async () => {
    const rows: unknown = await dataSource.query('SELECT database_id AS "databaseId" FROM service_identity');
    const [{ databaseId }] = rowsSchema.parse(rows);
    if (await storage.claim(databaseId)) return;
    throw new AppError(
      'INVALID_CONFIGURATION',
      'The storage belongs to another database, so no file in it is removed. Set DATA_DIR and DATABASE_URL to what ' +
        'belongs together. If this database is to take the storage over, remove the file .owner from its folder: files ' +
        'without a row in this database will then be removed.',
    );
  };
}
