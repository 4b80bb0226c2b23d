import { createApiKeys, type ApiKeys } from '../access/api-keys.ts';
import type { Config } from '../config.ts';
import { connectDataSource } from '../database/data-source.ts';
import { findEmbeddedPostgres } from '../database/embedded-postgres.ts';
import { assertMigrated } from '../database/run-migrations.ts';
import { AppError } from '../errors.ts';

/**
 * Runs `work` on the keys of DATABASE_URL or, when that is not set, of the Postgres that `npm start` runs in DATA_DIR.
 * @throws AppError DATABASE_UNAVAILABLE when there is none, or it is not migrated; what `work` throws.
 */
export async function withApiKeys(config: Config, work: (keys: ApiKeys) => Promise<void>): Promise<void> {
  const databaseUrl = config.DATABASE_URL ?? (await findEmbeddedPostgres(config.DATA_DIR));
  if (databaseUrl === null) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      'DATABASE_URL is not set, and no Foregsyte runs its own Postgres in DATA_DIR. ' +
        'Set DATABASE_URL to the database of the service, or start it with `npm start` and try again.',
    );
  }
  await assertMigrated(databaseUrl);
  const dataSource = await connectDataSource(databaseUrl);
  try {
    await work(createApiKeys(dataSource));
  } finally {
    await dataSource.destroy();
  }
}
