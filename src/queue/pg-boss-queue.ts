import type { Db } from 'pg-boss';
import { z } from 'zod';
import { serviceConnection } from '../database/connection-settings.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { createBoss, databaseOf } from './create-boss.ts';
import { startHeartbeat } from './heartbeat.ts';
import { DEAD_LETTER_QUEUE_NAME, HEARTBEAT_SECONDS, QUEUE_NAME } from './install-queue.ts';
import { MAX_TURN, type QueueService } from './queue-service.ts';
import { superviseQueue } from './supervise-queue.ts';

const payloadSchema = z.object({ jobId: z.uuid() });

/** How often dead workers are looked for: with the heartbeat's 15 s, a job is taken up again within about 20 s. */
const SUPERVISION_SECONDS = 4;

/**
 * The queue of the product: pg-boss on the same Postgres as the jobs. `installQueue` must have run.
 * Owns a small connection pool, pg-boss's timers, its supervision and, once `keepAlive` was called, a thread, until `close`.
 */
export async function createPgBossQueue(databaseUrl: string, logger: Logger): Promise<QueueService> {
  const onError = (error: unknown) => logger.error({ err: error }, 'queue error');
  const boss = createBoss(databaseUrl, {
    connection: serviceConnection(),
    max: 4,
    install: false,
    monitorSeconds: SUPERVISION_SECONDS,
    onError,
  });
  await boss.start();
  const supervision = superviseQueue(boss, {
    intervalMs: SUPERVISION_SECONDS * 1000,
    graceMs: HEARTBEAT_SECONDS * 1000,
    onError,
  });
  const heartbeat = startHeartbeat(databaseUrl, logger);

  return {
    async enqueue(jobId, { transaction, priority = 0, turn = 0, group, delayMs = 0 } = {}) {
      // The job's id is its entry's too, so that the entry is found without a search.
      const id = await boss.send(
        QUEUE_NAME,
        { jobId },
        {
          id: jobId,
          priority: placeOf(priority, turn),
          ...(group === undefined ? {} : { group: { id: group } }),
          ...(delayMs > 0 ? { startAfter: new Date(Date.now() + delayMs) } : {}),
          ...databaseOf(transaction),
        },
      );
      if (id === null)
        throw new AppError('INTERNAL_SERVER_ERROR', 'The queue refused the job. Try again later.');
    },

    async dequeue({ transaction, maxPerGroup } = {}) {
      const [job] = await boss.fetch(QUEUE_NAME, {
        batchSize: 1,
        includeMetadata: true,
        ...(maxPerGroup === undefined ? {} : { groupConcurrency: maxPerGroup }),
        ...databaseOf(transaction),
      });
      if (!job) return null;
      const payload = payloadSchema.safeParse(job.data);
      if (payload.success) {
        return { jobId: payload.data.jobId, entryId: job.id, redeliveries: job.retryCount };
      }
      // Somebody else wrote into our queue: the entry can never be worked on, so it must not come again.
      logger.error({ entryId: job.id }, 'dropped a queue entry that names no job');
      await boss.deleteJob(QUEUE_NAME, job.id, databaseOf(transaction));
      return null;
    },

    async acknowledge(entry, { transaction } = {}) {
      const database = databaseOf(transaction);
      await boss.deleteJob(QUEUE_NAME, attemptOf(entry), database);
      // pg-boss deletes only what is being worked on, and may have taken the entry back from a worker that was slow.
      await (database.db ?? boss.getDb()).executeSql(
        `DELETE FROM pgboss.job WHERE name = $1 AND id = $2 AND retry_count = $3 AND state = 'retry'`,
        [QUEUE_NAME, entry.entryId, entry.redeliveries],
      );
    },

    async release(entry, { transaction, delayMs = 0 } = {}) {
      await boss.fail(QUEUE_NAME, attemptOf(entry), null, databaseOf(transaction));
      if (delayMs <= 0) return;
      const startAfter = new Date(Date.now() + delayMs);
      await boss.update(QUEUE_NAME, undefined, {
        id: entry.entryId,
        startAfter,
        ...databaseOf(transaction),
      });
    },

    async remove(jobId, { transaction } = {}) {
      await boss.deleteJob(QUEUE_NAME, jobId, databaseOf(transaction));
      await boss.deleteJob(DEAD_LETTER_QUEUE_NAME, jobId, databaseOf(transaction));
    },

    async bury(jobId, { transaction } = {}) {
      await boss.send(DEAD_LETTER_QUEUE_NAME, { jobId }, { id: jobId, ...databaseOf(transaction) });
    },

    async dropDeadLetter(jobId, { transaction } = {}) {
      await boss.deleteJob(DEAD_LETTER_QUEUE_NAME, jobId, databaseOf(transaction));
    },

    async deadLetters(limit) {
      const letters = await boss.findJobs(DEAD_LETTER_QUEUE_NAME, { limit });
      return letters.map(({ id }) => id);
    },

    keepAlive: (entry) => heartbeat.beatFor(attemptOf(entry)),

    // pg-boss caches its own counts, and these must be the truth.
    size: () => count(boss.getDb(), `state < 'active' AND start_after <= now()`),

    delivered: ({ transaction } = {}) =>
      count(databaseOf(transaction).db ?? boss.getDb(), `state = 'active'`),

    async close() {
      supervision.close();
      await heartbeat.close();
      await boss.stop({ graceful: false });
    },
  };
}

async function count(database: Db, condition: string): Promise<number> {
  const { rows } = await database.executeSql(
    `SELECT count(*)::int AS entries FROM pgboss.job WHERE name = $1 AND ${condition}`,
    [QUEUE_NAME],
  );
  return z.tuple([z.object({ entries: z.number() })]).parse(rows)[0].entries;
}

/** pg-boss orders by one integer, the largest first: nine priorities of a hundred million turns each fit into it. */
function placeOf(priority: number, turn: number): number {
  return priority * (MAX_TURN + 1) - Math.min(turn, MAX_TURN);
}

/** Names the very delivery, so that a worker that was given up for dead cannot settle its successor's. */
function attemptOf(entry: { entryId: string; redeliveries: number }) {
  return { id: entry.entryId, retryCount: entry.redeliveries };
}
