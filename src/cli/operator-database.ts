import type { DataSource } from 'typeorm';
import type { Config } from '../config.ts';
import { connectDataSource } from '../database/data-source.ts';
import { findEmbeddedPostgres } from '../database/embedded-postgres.ts';
import { assertMigrated } from '../database/run-migrations.ts';
import { AppError } from '../errors.ts';

/**
 * The database that operator commands work on: that of DATABASE_URL or, when that is not set, of the Postgres that
 * `npm start` runs in DATA_DIR.
 * @throws AppError DATABASE_UNAVAILABLE when there is none, or it is not migrated.
 */
export async function requireOperatorDatabase(config: Config): Promise<string> {
  const databaseUrl = config.DATABASE_URL ?? (await findEmbeddedPostgres(config.DATA_DIR));
  if (databaseUrl === null) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      'DATABASE_URL is not set, and no Foregsyte runs its own Postgres in DATA_DIR. ' +
        'Set DATABASE_URL to the database of the service, or start it with `npm start` and try again.',
    );
  }
  await assertMigrated(databaseUrl);
  return databaseUrl;
}

/**
 * Runs `work` on a connection to that database.
 * @throws AppError DATABASE_UNAVAILABLE; what `work` throws.
 */
export async function withOperatorDatabase<T>(
  config: Config,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = await connectDataSource(await requireOperatorDatabase(config));
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
