import { PgBoss, type Db } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { QueueService } from './queue-service.ts';

const QUEUE_NAME = 'analyse-video';
const payloadSchema = z.object({ jobId: z.uuid() });

/** A worker that has not said that it lives for this long has lost its entry. */
const HEARTBEAT_SECONDS = 30;

/**
 * Entries expire late, because a long video may take hours: the heartbeat is what finds a dead worker.
 * pg-boss wants less than 24 hours. Deliveries are counted by the job's own attempts, so the limit here is only a
 * backstop against an entry that nobody can settle.
 */
const QUEUE_OPTIONS = {
  expireInSeconds: 23 * 3600,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  retryLimit: 100,
  retryDelay: 0,
} as const;

/** Creates pg-boss's schema and our queue in it, or brings them up to date. Part of `migrate`. */
export async function installQueue(databaseUrl: string, logger: Logger): Promise<void> {
  const boss = createBoss(databaseUrl, logger, { migrate: true, createSchema: true, supervise: false });
  await boss.start();
  try {
    await boss.createQueue(QUEUE_NAME, QUEUE_OPTIONS);
    // The first creator's options win, so an older installation is brought to today's.
    await boss.updateQueue(QUEUE_NAME, QUEUE_OPTIONS);
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** Whether `installQueue` has run on the database of `manager`. */
export async function isQueueInstalled(manager: EntityManager): Promise<boolean> {
  const [schema] = z
    .array(z.object({ found: z.boolean() }))
    .parse(await manager.query(`SELECT to_regclass('pgboss.queue') IS NOT NULL AS found`));
  if (!schema?.found) return false;
  const queues = z
    .array(z.unknown())
    .parse(await manager.query('SELECT name FROM pgboss.queue WHERE name = $1', [QUEUE_NAME]));
  return queues.length === 1;
}

/**
 * The queue of the product: pg-boss on the same Postgres as the jobs. `installQueue` must have run.
 * Owns a small connection pool and pg-boss's timers until `close`.
 */
export async function createPgBossQueue(databaseUrl: string, logger: Logger): Promise<QueueService> {
  const boss = createBoss(databaseUrl, logger, {
    migrate: false,
    createSchema: false,
    supervise: true,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
  });
  await boss.start();

  return {
    keepAliveMs: (HEARTBEAT_SECONDS * 1000) / 3,

    async enqueue(jobId, { transaction, priority = 0 } = {}) {
      // The job's id is its entry's too, so that the entry is found without a search.
      const id = await boss.send(QUEUE_NAME, { jobId }, { id: jobId, priority, ...databaseOf(transaction) });
      if (id === null)
        throw new AppError('INTERNAL_SERVER_ERROR', 'The queue refused the job. Try again later.');
    },

    async dequeue() {
      const [job] = await boss.fetch(QUEUE_NAME, { batchSize: 1, includeMetadata: true });
      if (!job) return null;
      const payload = payloadSchema.safeParse(job.data);
      if (payload.success) {
        return { jobId: payload.data.jobId, entryId: job.id, redeliveries: job.retryCount };
      }
      // Somebody else wrote into our queue: the entry can never be worked on, so it must not come again.
      logger.error({ entryId: job.id }, 'dropped a queue entry that names no job');
      await boss.deleteJob(QUEUE_NAME, job.id);
      return null;
    },

    async acknowledge(entry, { transaction } = {}) {
      await boss.complete(QUEUE_NAME, attemptOf(entry), null, databaseOf(transaction));
    },

    async release(entry, { transaction } = {}) {
      await boss.fail(QUEUE_NAME, attemptOf(entry), null, databaseOf(transaction));
    },

    async remove(jobId, { transaction } = {}) {
      await boss.deleteJob(QUEUE_NAME, jobId, databaseOf(transaction));
    },

    async keepAlive(entry) {
      await boss.touch(QUEUE_NAME, attemptOf(entry));
    },

    async size() {
      // pg-boss caches its own counts, and a client that polls wants the truth.
      const { rows } = await boss
        .getDb()
        .executeSql(
          `SELECT count(*)::int AS waiting FROM pgboss.job WHERE name = $1 AND state < 'active' AND start_after <= now()`,
          [QUEUE_NAME],
        );
      return z.tuple([z.object({ waiting: z.number() })]).parse(rows)[0].waiting;
    },

    async close() {
      await boss.stop({ graceful: false });
    },
  };
}

function createBoss(
  databaseUrl: string,
  logger: Logger,
  options: Omit<ConstructorParameters<typeof PgBoss>[0] & object, 'connectionString'>,
): PgBoss {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 4, schedule: false, ...options });
  // Without a listener, a lost connection would end the process.
  boss.on('error', (error) => logger.error({ err: error }, 'queue error'));
  return boss;
}

/** Names the very delivery, so that a worker that was given up for dead cannot settle its successor's. */
function attemptOf(entry: { entryId: string; redeliveries: number }) {
  return { id: entry.entryId, retryCount: entry.redeliveries };
}

/** Makes pg-boss write through the caller's transaction. */
function databaseOf(transaction: EntityManager | undefined): { db?: Db } {
  if (!transaction) return {};
  const runner = transaction.queryRunner;
  if (!runner)
    throw new AppError('INTERNAL_SERVER_ERROR', 'The queue was given a transaction that is not open.');
  return {
    db: {
      // The structured form has the rows alone for every kind of statement; the plain one adds a count to some.
      executeSql: async (text, values) => ({
        rows: (await runner.query(text, [...(values ?? [])], true)).records,
      }),
    },
  };
}
