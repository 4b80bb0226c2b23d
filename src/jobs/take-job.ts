import type { DataSource, EntityManager } from 'typeorm';
import type { Logger } from '../logger.ts';
import type { QueueEntry, QueueService } from '../queue/queue-service.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { isLockedByOther } from '../database/locked.ts';
import { deleteFiles } from './delete-files.ts';
import { giveUpAttempt } from './give-up-attempt.ts';
import { createJobStatusChanges } from './job-status.ts';
import { JobEntity } from './job.entity.ts';
import { isSettled } from './settled.ts';

/** A job that now runs, under an attempt of its own, and its delivery. */
export interface TakenJob {
  job: JobEntity;
  entry: QueueEntry;
}

/** Takes the next job for a worker; null when none waits, as many run as may, or its row is just being changed. */
export type TakeJob = () => Promise<TakenJob | null>;

/** How many jobs may run at a time. */
export interface RunningLimits {
  /** On all workers together. */
  maxRunning: number;
  maxRunningPerOwner: number;
}

/**
 * Makes the function. Delivery of the entry and start of the attempt are one transaction: there is no moment at which
 * a crash would leave the one without the other.
 */
export function createTakeJob(deps: {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  limits: RunningLimits;
  logger: Logger;
}): TakeJob {
  const { dataSource, queue, storage, limits, logger } = deps;

  /** The job of a delivery, running; null when nothing is left to do for it. */
  const start = async (
    transaction: EntityManager,
    entry: QueueEntry,
    leftOver: string[],
  ): Promise<JobEntity | null> => {
    const job = await transaction.findOne(JobEntity, {
      where: { jobId: entry.jobId },
      // We hold the entry. Whoever cancels or deletes the job holds its row and wants the entry next: never wait for it.
      lock: { mode: 'pessimistic_write', onLocked: 'nowait' },
    });
    if (!job || isSettled(job.status)) {
      await queue.acknowledge(entry, { transaction });
      return null;
    }
    if (job.status === 'running') {
      // The queue delivers an entry twice only when its worker fell silent.
      const givenUp = await giveUpAttempt(transaction, job, logger);
      if (!givenUp.pending) {
        leftOver.push(...givenUp.leftOver);
        await queue.acknowledge(entry, { transaction });
        await queue.bury(job.jobId, { transaction });
        return null;
      }
    }
    return createJobStatusChanges(transaction, logger).start(job.jobId);
  };

  const takeWithin = async (transaction: EntityManager, leftOver: string[]): Promise<TakenJob | null> => {
    // Workers take jobs one after the other, because otherwise two could take the last place of a limit.
    await transaction.query(`SELECT pg_advisory_xact_lock(hashtextextended('foregsyte take job', 0))`);
    // Deliveries are counted rather than rows: the row of a dead worker says `running` until somebody takes it over.
    if ((await queue.delivered({ transaction })) >= limits.maxRunning) return null;
    for (;;) {
      const entry = await queue.dequeue({ transaction, maxPerGroup: limits.maxRunningPerOwner });
      if (!entry) return null;
      const job = await start(transaction, entry, leftOver);
      if (job) return { job, entry };
    }
  };

  return async () => {
    const leftOver: string[] = [];
    try {
      const taken = await dataSource.transaction((transaction) => takeWithin(transaction, leftOver));
      await deleteFiles(storage, leftOver, logger);
      return taken;
    } catch (error) {
      if (!isLockedByOther(error)) throw error;
      // Nothing has been taken, nor given up: the next look finds what has become of the job.
      logger.debug('the next job is being changed by somebody else');
      return null;
    }
  };
}
