import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../../../src/database/embedded-postgres.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const dataDirectory = temporaryDirectory();
const start = () =>
  startEmbeddedPostgres({ dataDirectory, logger: createSilentLogger(), settings: { fsync: 'off' } });
const query = async (url: string, sql: string): Promise<unknown> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
};

// As root, Postgres runs as a user who must be able to reach the folder.
beforeAll(() => chmod(dataDirectory, 0o755));

describe('the embedded Postgres', () => {
  it('keeps its data over a restart, on loopback only, with a private password, and is found while it runs', async () => {
    const first = await start();
    await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 7 AS value');
    expect(await query(first.databaseUrl, 'SHOW listen_addresses')).toEqual([
      { listen_addresses: '127.0.0.1' },
    ]);
    const wrong = new URL(first.databaseUrl);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(dataDirectory, 'postgres-password'))).mode & 0o777).toBe(0o600);
    expect(await findEmbeddedPostgres(dataDirectory)).toBe(first.databaseUrl);
    await first.stop();
    await first.stop();
    expect(await findEmbeddedPostgres(dataDirectory)).toBeNull();
    await expect(query(first.databaseUrl, 'SELECT 1')).rejects.toThrow();

    const second = await start();
    expect(await query(second.databaseUrl, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
    await second.stop();
  });

  it('replaces a server that a killed launcher left running', async () => {
    const orphan = await start();
    const successor = await start();
    await expect(query(orphan.databaseUrl, 'SELECT 1')).rejects.toThrow();
    expect(await query(successor.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await successor.stop();
  });
});
