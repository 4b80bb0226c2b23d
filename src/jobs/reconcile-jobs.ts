import type { DataSource, EntityManager } from 'typeorm';
import { z } from 'zod';
import type { Logger } from '../logger.ts';
import { DEAD_LETTERS, QUEUE_ENTRIES } from '../queue/queue-relation.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { deleteFiles } from './delete-files.ts';
import { giveUpAttempt } from './give-up-attempt.ts';
import { JobEntity } from './job.entity.ts';
import { isSettled } from './settled.ts';

/** How a job's row and the queue can disagree. */
export type Mismatch =
  /** The row is pending, and nothing would ever deliver it. */
  | 'pending without entry'
  /** The row is running, and no worker has its entry. */
  | 'running without worker'
  /** An entry, or a dead letter, whose job is gone or in a state that has none. */
  | 'entry without job';

/** Mends every disagreement between rows and queue; resolves to what was mended. */
export type ReconcileJobs = () => Promise<{ jobId: string; mismatch: Mismatch }[]>;

const rowsSchema = z.array(z.object({ jobId: z.uuid() }));
const entrySchema = z.array(z.object({ delivered: z.boolean() }));
/** So many are mended in one call, so that it ends; the next call goes on. */
const BATCH = 1_000;

// Rows and entries change together, in one transaction, so what one statement sees of them agrees unless something
// went wrong. The one exception is a worker that fell silent: the queue takes its entry back by itself.
const FIND_SUSPECTS = `
  SELECT coalesce(j.job_id, e.job_id) AS "jobId"
  FROM (SELECT job_id, status FROM jobs WHERE status IN ('pending', 'running')) AS j
  FULL JOIN ${QUEUE_ENTRIES} AS e ON e.job_id = j.job_id
  WHERE j.job_id IS NULL OR e.job_id IS NULL OR (j.status = 'running' AND NOT e.delivered)
  LIMIT ${BATCH}`;
const FIND_WRONG_LETTERS = `
  SELECT d.job_id AS "jobId" FROM ${DEAD_LETTERS} AS d
  LEFT JOIN jobs AS j ON j.job_id = d.job_id AND j.status = 'failed'
  WHERE j.job_id IS NULL LIMIT ${BATCH}`;
const READ_ENTRY = `SELECT e.delivered FROM ${QUEUE_ENTRIES} AS e WHERE e.job_id = $1`;

/** Makes the function. It is safe to run at any time and in several processes at once. */
export function createReconcileJobs(deps: {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  logger: Logger;
}): ReconcileJobs {
  const { dataSource, queue, storage, logger } = deps;

  const requeue = async (transaction: EntityManager, job: JobEntity) => {
    await queue.remove(job.jobId, { transaction });
    const { priority, fairTurn: turn, owner: group, retryAt } = job;
    const delayMs = Math.max(0, (retryAt?.getTime() ?? 0) - Date.now());
    await queue.enqueue(job.jobId, { transaction, priority, turn, group, delayMs });
  };

  /** Looks again with the row locked, and mends what is still wrong. */
  const mend = async (
    transaction: EntityManager,
    jobId: string,
    leftOver: string[],
  ): Promise<Mismatch | null> => {
    const job = await transaction.findOne(JobEntity, {
      where: { jobId },
      lock: { mode: 'pessimistic_write' },
    });
    const [entry] = entrySchema.parse(await transaction.query(READ_ENTRY, [jobId]));
    if (!job || isSettled(job.status)) {
      if (!entry) return null;
      await queue.remove(jobId, { transaction });
      return 'entry without job';
    }
    if (job.status === 'pending') {
      if (entry) return null;
      await requeue(transaction, job);
      return 'pending without entry';
    }
    if (entry?.delivered) return null;
    const givenUp = await giveUpAttempt(transaction, job, logger);
    if (givenUp.pending) {
      // An entry that waits is a place in the queue already.
      if (!entry) await requeue(transaction, job);
    } else {
      leftOver.push(...givenUp.leftOver);
      await queue.remove(jobId, { transaction });
      await queue.bury(jobId, { transaction });
    }
    return 'running without worker';
  };

  const mendLetter = async (transaction: EntityManager, jobId: string): Promise<Mismatch | null> => {
    const job = await transaction.findOne(JobEntity, {
      where: { jobId },
      lock: { mode: 'pessimistic_write' },
    });
    if (job?.status === 'failed') return null;
    await queue.dropDeadLetter(jobId, { transaction });
    return 'entry without job';
  };

  return async () => {
    const mended: { jobId: string; mismatch: Mismatch }[] = [];
    const leftOver: string[] = [];
    for (const [find, mendOne] of [
      [FIND_SUSPECTS, mend],
      [FIND_WRONG_LETTERS, mendLetter],
    ] as const) {
      for (const { jobId } of rowsSchema.parse(await dataSource.query(find))) {
        const mismatch = await dataSource.transaction((transaction) => mendOne(transaction, jobId, leftOver));
        if (!mismatch) continue;
        mended.push({ jobId, mismatch });
        logger.warn({ jobId, mismatch }, `job ${jobId}: mended (${mismatch})`);
      }
    }
    await deleteFiles(storage, leftOver, logger);
    return mended;
  };
}
