import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { migrationConnection, serviceConnection } from '../../../src/database/connection-settings.ts';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { translateDatabaseError } from '../../../src/database/unavailable.ts';
import { startFreezingProxy, type FreezingProxy } from '../../helpers/freezing-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';
import { waitFor } from '../../helpers/wait-for.ts';

let database: TestDatabase;
let proxy: FreezingProxy;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase('empty');
  proxy = await startFreezingProxy(database.url);
});
afterEach(() => dataSource.destroy());
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

/** Ends the connections of the data source, from another one. */
async function killConnections(): Promise<void> {
  const killer = await connectDataSource(database.url);
  await killer.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await killer.destroy();
}
/** What a client is told of a failure. */
const toldOf = async (work: Promise<unknown>) => translateDatabaseError(await work.catch((error) => error));
const unavailable = expect.objectContaining({ code: 'DATABASE_UNAVAILABLE' });

describe('the connections of a service', () => {
  it('have a limit for each statement, and those of migrations have none', async () => {
    const limitOf = async (settings?: Parameters<typeof connectDataSource>[1]) => {
      dataSource = await connectDataSource(database.url, settings);
      const rows = await dataSource.query('SHOW statement_timeout');
      await dataSource.destroy();
      return rows;
    };
    expect(await limitOf()).toEqual([{ statement_timeout: '30s' }]);
    expect(await limitOf(migrationConnection())).toEqual([{ statement_timeout: '0' }]);
    dataSource = await connectDataSource(database.url);
  });

  it('give up a statement that takes too long, and serve the next', async () => {
    dataSource = await connectDataSource(database.url, serviceConnection(200, 60_000));
    expect(await toldOf(dataSource.query('SELECT pg_sleep(30)'))).toEqual(unavailable);
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('do not wait for a server that is frozen, nor hand out the connections that are', async () => {
    dataSource = await connectDataSource(proxy.url, serviceConnection(200, 300));
    const questions = () => [1, 2, 3].map((one) => dataSource.query(`SELECT ${one} AS one`));
    await Promise.all(questions());
    proxy.freeze();
    for (const question of questions()) expect(await toldOf(question)).toEqual(unavailable);
    expect(await Promise.all(questions())).toEqual([[{ one: 1 }], [{ one: 2 }], [{ one: 3 }]]);
  });

  it('may die while they are idle', async () => {
    dataSource = await connectDataSource(database.url);
    await Promise.all([1, 2, 3].map(() => dataSource.query('SELECT 1')));
    await killConnections();
    await waitFor(
      async () => (await dataSource.query('SELECT 1 AS one').catch(() => undefined)) && true,
      5_000,
      'a connection that works',
    );
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('may die between two statements of a transaction', async () => {
    dataSource = await connectDataSource(database.url);
    const work = dataSource.transaction(async (transaction) => {
      await killConnections();
      const isOver = async () => transaction.queryRunner?.isReleased === true || undefined;
      await waitFor(isOver, 5_000, 'the end of the connection');
      await transaction.query('SELECT 1');
    });
    expect(await toldOf(work)).toEqual(unavailable);
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
