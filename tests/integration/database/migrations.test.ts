import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { migrateDown, migrateUp, waitForMigrations } from '../../../src/database/run-migrations.ts';
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

const ours = async () => ({
  tables: await dataSource.query(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = 'jobs'`,
  ),
  types: await dataSource.query(`SELECT typname FROM pg_type WHERE typname = 'job_status_enum'`),
});

describe('migrations', () => {
  it('go up, down and up again, leaving nothing behind on the way down', async () => {
    const there = { tables: [{ tablename: 'jobs' }], types: [{ typname: 'job_status_enum' }] };
    await migrateUp(database.url, logger);
    expect(await ours()).toEqual(there);
    await migrateDown(database.url, logger);
    expect(await ours()).toEqual({ tables: [], types: [] });
    await migrateUp(database.url, logger);
    expect(await ours()).toEqual(there);
  });

  it('can be run by several processes at once', async () => {
    await migrateDown(database.url, logger);
    await Promise.all([1, 2, 3].map(() => migrateUp(database.url, logger)));
    expect((await ours()).tables).toHaveLength(1);
  });

  it('make exactly the tables that the entities describe', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

describe('waiting for the migrations', () => {
  it('ends as soon as they have run', async () => {
    const fresh = await createTestDatabase('empty');
    try {
      const signal = new AbortController().signal;
      const waiting = waitForMigrations(fresh.url, { timeoutMs: 30_000, logger, signal });
      await migrateUp(fresh.url, logger);
      await expect(waiting).resolves.toBeUndefined();
    } finally {
      await fresh.drop();
    }
  });

  it('writes nothing: it never migrates by itself', async () => {
    const fresh = await createTestDatabase('empty');
    try {
      const { signal } = new AbortController();
      await expect(waitForMigrations(fresh.url, { timeoutMs: 0, logger, signal })).rejects.toThrow();
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
      const signal = new AbortController().signal;
      await expect(waitForMigrations(fresh.url, { timeoutMs: 300, logger, signal })).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        message: expect.stringContaining('npm run migrate'),
      });
    } finally {
      await fresh.drop();
    }
  });
});
