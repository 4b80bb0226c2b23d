import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { projectRoot } from '../../../src/config.ts';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { QueueService } from '../../../src/queue/queue-service.ts';
import { createPgBossQueue } from '../../../src/queue/pg-boss-queue.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const directory = temporaryDirectory();
let database: TestDatabase;
let dataSource: DataSource;
let queue: QueueService;
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await connectDataSource(database.url);
  queue = await createPgBossQueue(database.url, createSilentLogger());
});
afterAll(async () => {
  await queue.close();
  await dataSource.destroy();
  await database.drop();
});

/** A process that takes an entry, keeps it alive, and then blocks its main thread for ever. */
const BLOCKED_WORKER = `
  const { createPgBossQueue } = await import(${JSON.stringify(join(projectRoot, 'dist/src/queue/pg-boss-queue.js'))});
  const { createSilentLogger } = await import(${JSON.stringify(join(projectRoot, 'dist/src/logger.js'))});
  const queue = await createPgBossQueue(process.argv[2], createSilentLogger());
  queue.keepAlive(await queue.dequeue());
  console.log('blocked');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
`;

const beatOf = async (jobId: string): Promise<number> => {
  const [row] = await dataSource.query<{ beat: Date }[]>(
    'SELECT heartbeat_on AS beat FROM pgboss.job WHERE id = $1',
    [jobId],
  );
  return row?.beat.getTime() ?? 0;
};

describe('the heartbeat', () => {
  it('goes on while the main thread is blocked, and ends with the process', async () => {
    const program = join(directory, 'blocked-worker.mjs');
    await writeFile(program, BLOCKED_WORKER);
    const jobId = randomUUID();
    await queue.enqueue(jobId);
    const child = spawn(process.execPath, [program, database.url], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(createInterface({ input: child.stdout }), 'line');
      const first = await beatOf(jobId);
      // Two beats after the main thread was blocked: the first of them could have been under way before.
      const second = await waitForBeatAfter(jobId, first);
      await waitForBeatAfter(jobId, second);
      expect(await queue.dequeue()).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
    // Nobody beats any more, and the queue's own supervision gives the entry to the next worker within 30 s.
    const killed = Date.now();
    const entry = await waitFor(
      async () => (await queue.dequeue()) ?? undefined,
      30_000,
      'the entry to come back',
    );
    expect(entry.jobId).toBe(jobId);
    expect(Date.now() - killed).toBeLessThan(30_000);
  }, 90_000);
});

function waitForBeatAfter(jobId: string, time: number): Promise<number> {
  return waitFor(
    async () => {
      const beat = await beatOf(jobId);
      return beat > time ? beat : undefined;
    },
    15_000,
    'another heartbeat',
  );
}
