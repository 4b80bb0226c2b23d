import type { DataSource } from 'typeorm';
import type { Logger } from '../logger.ts';
import type { QueueService } from '../queue/queue-service.ts';
import { resultsIndexKey } from '../results/results-keys.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { deleteFiles } from './delete-files.ts';
import type { JobFinder } from './find-jobs.ts';
import { announceTakenAway } from './job-changes.ts';
import { dropCheckpoints } from './job-checkpoints.ts';
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
    await jobs.findJob(owner, jobId);
    const files = await dataSource.transaction(async (transaction) => {
      const job = await transaction.findOne(JobEntity, {
        where: { jobId, owner },
        lock: { mode: 'pessimistic_write' },
      });
      if (!job) return [];
      const checkpoints = await dropCheckpoints(transaction, jobId);
      await transaction.delete(JobEntity, { jobId });
      await queue.remove(jobId, { transaction });
      await announceTakenAway(transaction, jobId);
      const results = job.outputPath === null ? [] : [job.outputPath, resultsIndexKey(job.outputPath)];
      return [job.inputPath, ...results, ...checkpoints];
    });
    await deleteFiles(storage, files, logger);
    logger.info({ jobId, owner }, `job ${jobId}: deleted`);
  };
}
