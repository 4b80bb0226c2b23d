import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PgBoss } from 'pg-boss';
import type { DataSource } from 'typeorm';
import { serviceConnection } from '../../../src/database/connection-settings.ts';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { createBoss } from '../../../src/queue/create-boss.ts';
import { QUEUE_NAME } from '../../../src/queue/install-queue.ts';
import { superviseQueue } from '../../../src/queue/supervise-queue.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const GRACE_MS = 5_000;
const SILENCE = `UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE id = $1`;
const failures: unknown[] = [];
let database: TestDatabase;
let dataSource: DataSource;
let boss: PgBoss;
let supervision: { close(): void };

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await connectDataSource(database.url);
  boss = createBoss(database.url, {
    connection: serviceConnection(),
    max: 2,
    install: false,
    monitorSeconds: 1,
    onError: () => {},
  });
  await boss.start();
  supervision = superviseQueue(boss, {
    intervalMs: 1_000,
    graceMs: GRACE_MS,
    onError: (error) => failures.push(error),
  });
});
afterAll(async () => {
  supervision.close();
  await boss.stop({ graceful: false });
  await dataSource.destroy();
  await database.drop();
});

/** An entry in the hands of a worker that never beats. */
async function takenEntry(): Promise<string> {
  const id = randomUUID();
  await boss.send(QUEUE_NAME, {}, { id });
  await boss.fetch(QUEUE_NAME);
  return id;
}
/** Resolves when the entry has been taken from its worker. */
const givenUp = (id: string) =>
  waitFor(
    async () => {
      const rows = await dataSource.query<unknown[]>(
        `SELECT FROM pgboss.job WHERE id = $1 AND state = 'active'`,
        [id],
      );
      return rows.length === 0 ? true : undefined;
    },
    30_000,
    'the entry to be taken back',
  );

describe('the supervision of the queue', () => {
  it('takes entries from workers that are silent', async () => {
    const id = await takenEntry();
    await dataSource.query(SILENCE, [id]);
    await givenUp(id);
    await boss.deleteJob(QUEUE_NAME, id);
  });

  it('gives workers time to beat again when the database was away, and then takes entries as before', async () => {
    const id = await takenEntry();
    const { pathname } = new URL(database.url);
    const allowConnections = async (allowed: boolean) => {
      const server = await connectDataSource(new URL('/postgres', database.url).href);
      await server.query(`ALTER DATABASE ${pathname.slice(1)} ALLOW_CONNECTIONS ${allowed}`);
      await server.destroy();
    };
    const before = failures.length;
    await dataSource.transaction(async (survivor) => {
      // This one session goes on; no other may begin, and those that there are end.
      await allowConnections(false);
      await survivor.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await waitFor(async () => (failures.length > before ? true : undefined), 9_000, 'a look that fails');
      await survivor.query(SILENCE, [id]);
    });
    await allowConnections(true);
    const back = performance.now();
    await givenUp(id);
    expect(performance.now() - back).toBeGreaterThanOrEqual(GRACE_MS);
  });
});
