import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { installQueue, isQueueInstalled } from '../queue/install-queue.ts';
import { migrationConnection } from './connection-settings.ts';
import { connectDataSource, MIGRATIONS_TABLE } from './data-source.ts';
import { requireUnicode } from './text-rules.ts';

/** Any number that nothing else locks: it makes processes that start together migrate one after the other. */
const MIGRATION_LOCK = 4_701_662;

/**
 * Brings the database to this version: our tables, then the queue's. Safe to run again and at the same time.
 * @throws AppError as connectDataSource and requireUnicode do.
 */
export async function migrateUp(databaseUrl: string, logger: Logger): Promise<void> {
  await withMigrationLock(databaseUrl, async (dataSource) => {
    await requireUnicode(dataSource);
    for (const migration of await dataSource.runMigrations({ transaction: 'each' })) {
      logger.info({ migration: migration.name }, `migration ${migration.name}: up`);
    }
    await installQueue(databaseUrl, logger);
  });
}

/** Takes back the newest migration of our tables, if there is one. The queue's own tables stay. */
export async function migrateDown(databaseUrl: string, logger: Logger): Promise<void> {
  await withMigrationLock(databaseUrl, async (dataSource) => {
    await dataSource.undoLastMigration({ transaction: 'each' });
    logger.info('the newest migration was taken back');
  });
}

/**
 * For processes that must not migrate themselves.
 * @throws AppError DATABASE_UNAVAILABLE when the database cannot be reached or has not been migrated to this version,
 * INVALID_CONFIGURATION when it refuses what DATABASE_URL says.
 */
export async function assertMigrated(databaseUrl: string): Promise<void> {
  const reason = await whyNotMigrated(databaseUrl);
  if (reason === null) return;
  throw new AppError(
    'DATABASE_UNAVAILABLE',
    `${reason} Start the API or run \`npm run migrate\`, then try again.`,
  );
}

async function whyNotMigrated(databaseUrl: string): Promise<string | null> {
  const dataSource = await connectDataSource(databaseUrl);
  try {
    if (await hasPendingMigrations(dataSource)) return 'The database has not been migrated to this version.';
    return (await isQueueInstalled(dataSource.manager))
      ? null
      : 'The queue has not been installed in the database.';
  } finally {
    await dataSource.destroy();
  }
}

/**
 * Whether migrations of this version have not run on the database. TypeORM's own `showMigrations` would create its table,
 * and so race with the process that migrates.
 */
export async function hasPendingMigrations(dataSource: DataSource): Promise<boolean> {
  const [table] = z
    .array(z.object({ found: z.boolean() }))
    .parse(await dataSource.query(`SELECT to_regclass('${MIGRATIONS_TABLE}') IS NOT NULL AS found`));
  if (!table?.found) return true;
  const rows = z
    .array(z.object({ name: z.string() }))
    .parse(await dataSource.query(`SELECT name FROM ${MIGRATIONS_TABLE}`));
  const applied = new Set(rows.map(({ name }) => name));
  return dataSource.migrations.some(
    (migration) => !applied.has(migration.name ?? migration.constructor.name),
  );
}

async function withMigrationLock(
  databaseUrl: string,
  run: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  const dataSource = await connectDataSource(databaseUrl, migrationConnection());
  try {
    const lockHolder = dataSource.createQueryRunner();
    // The lock belongs to this connection and ends with it.
    await lockHolder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await run(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
