import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { assertMigrated, migrateDown, migrateUp } from '../../../src/database/run-migrations.ts';
import { whenDatabaseAnswers } from '../../../src/database/when-database-answers.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';

const logger = createSilentLogger();
let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase('empty');
  dataSource = await connectDataSource(database.url);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Columns, indexes and types of ours: everything that a migration can change. */
const schema = async () => ({
  columns: await dataSource.query(
    `SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name <> 'schema_migrations' ORDER BY 1, 2`,
  ),
  indexes: await dataSource.query(
    `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migrations' ORDER BY 1`,
  ),
  types: await dataSource.query(
    `SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e' ORDER BY 1`,
  ),
});

describe('migrations', () => {
  it('go down step by step, leaving nothing behind, and up again to the same', async () => {
    await migrateUp(database.url, logger);
    const whole = await schema();
    const steps = [whole];
    for (const migration of dataSource.migrations) {
      await migrateDown(database.url, logger);
      const left = await schema();
      // Each step takes something away.
      expect({ migration, left }).not.toEqual({ migration, left: steps.at(-1) });
      steps.push(left);
    }
    expect(steps.at(-1)).toEqual({ columns: [], indexes: [], types: [] });
    await migrateUp(database.url, logger);
    expect(await schema()).toEqual(whole);
    // Half way back and up again: each down() really undoes its up().
    for (const left of steps.slice(1, 3)) {
      await migrateDown(database.url, logger);
      expect(await schema()).toEqual(left);
    }
    await migrateUp(database.url, logger);
    expect(await schema()).toEqual(whole);
  });

  it('keep the jobs that are there, in the stage of their status', async () => {
    for (let step = 1; step < dataSource.migrations.length; step += 1)
      await migrateDown(database.url, logger);
    await dataSource.query(
      `INSERT INTO jobs (job_id, status, pipeline_id, options, input_path, original_filename, size_bytes, sha256)
        SELECT gen_random_uuid(), status, 'yolo_ocr', '{}', 'a.mp4', 'a.mp4', 1, ''
        FROM unnest(enum_range(NULL::job_status_enum)) AS status`,
    );
    await migrateUp(database.url, logger);
    const rows = await dataSource.query(
      `SELECT status, stage, owner, queued_at = created_at AS queued FROM jobs ORDER BY status`,
    );
    expect(rows).toEqual([
      { status: 'pending', stage: 'queued', owner: 'local', queued: true },
      { status: 'running', stage: 'analysing', owner: 'local', queued: true },
      ...['completed', 'failed', 'canceled'].map((status) => ({
        status,
        stage: 'settled',
        owner: 'local',
        queued: true,
      })),
    ]);
    await dataSource.query('DELETE FROM jobs');
  });

  it('can be run by several processes at once', async () => {
    const whole = await schema();
    await migrateDown(database.url, logger);
    await Promise.all([1, 2, 3].map(() => migrateUp(database.url, logger)));
    expect(await schema()).toEqual(whole);
  });

  it('make exactly the tables that the entities describe', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

describe('waiting for the migrations', () => {
  const waitForMigrations = (databaseUrl: string, waitMs: number) =>
    whenDatabaseAnswers(() => assertMigrated(databaseUrl), {
      databaseUrl,
      waitMs,
      logger,
      signal: new AbortController().signal,
    });

  it('ends as soon as they have run', async () => {
    const fresh = await createTestDatabase('empty');
    try {
      const waiting = waitForMigrations(fresh.url, 30_000);
      await migrateUp(fresh.url, logger);
      await expect(waiting).resolves.toBeUndefined();
    } finally {
      await fresh.drop();
    }
  });

  it('writes nothing: it never migrates by itself', async () => {
    const fresh = await createTestDatabase('empty');
    try {
      await expect(waitForMigrations(fresh.url, 0)).rejects.toThrow();
      const looking = await connectDataSource(fresh.url);
      expect(await looking.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
      await looking.destroy();
    } finally {
      await fresh.drop();
    }
  });

  it('gives up after its time and says what to do', async () => {
    const fresh = await createTestDatabase('empty');
    try {
      await expect(waitForMigrations(fresh.url, 300)).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        message: expect.stringContaining('npm run migrate'),
      });
    } finally {
      await fresh.drop();
    }
  });
});
