import type { DataSource } from 'typeorm';
import type { Logger } from '../logger.ts';
import type { QueueService } from '../queue/queue-service.ts';
import { resultsIndexKey, resultsKey } from '../results/results-keys.ts';
import type { StorageService } from '../storage/storage-service.ts';
import type { JobFinder } from './find-jobs.ts';
import { JobEntity } from './job.entity.ts';

/** Removes a job of `owner` with everything that belongs to it. */
export type DeleteJob = (owner: string, jobId: string) => Promise<void>;

/**
 * Makes the function: row and queue entry go in one transaction, then the video and the results. A worker that runs
 * the job finds that out within moments, stops, and removes what it has written.
 * It throws AppError JOB_NOT_FOUND.
 */
export function createDeleteJob(deps: {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  jobs: JobFinder;
  logger: Logger;
}): DeleteJob {
  const { dataSource, queue, storage, jobs, logger } = deps;
  return async (owner, jobId) => {
    const { inputPath } = await jobs.findJob(owner, jobId);
    await dataSource.transaction(async (transaction) => {
      await transaction.delete(JobEntity, { jobId, owner });
      await queue.remove(jobId, { transaction });
    });
    const results = resultsKey(jobId);
    for (const key of [inputPath, results, resultsIndexKey(results)]) await storage.delete(key);
    logger.info({ jobId, owner }, `job ${jobId}: deleted`);
  };
}
