import type { DataSource } from 'typeorm';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { deleteFiles } from './delete-files.ts';
import type { JobFinder } from './find-jobs.ts';
import { announceTakenAway } from './job-changes.ts';
import { createJobStatusChanges } from './job-status.ts';
import type { JobView } from './job-view.ts';

/** Cancels a job of `owner` and resolves to it. */
export type CancelJob = (owner: string, jobId: string) => Promise<JobView>;

/**
 * Makes the canceller. A waiting job leaves the queue; a running one is canceled at once, and its worker, which is
 * told so, stops working on it. Of what was done so far nothing is kept but the video.
 * It throws AppError JOB_NOT_FOUND, or JOB_NOT_CANCELABLE when the job is settled.
 */
export function createCancelJob(deps: {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  jobs: JobFinder;
  logger: Logger;
}): CancelJob {
  const { dataSource, queue, storage, jobs, logger } = deps;
  return async (owner, jobId) => {
    const { status } = await jobs.findJob(owner, jobId);
    const leftOver = await dataSource.transaction(async (transaction) => {
      const files = await createJobStatusChanges(transaction, logger).cancel({ jobId, owner });
      if (files) {
        await queue.remove(jobId, { transaction });
        await announceTakenAway(transaction, jobId);
      }
      return files;
    });
    if (leftOver) {
      await deleteFiles(storage, leftOver, logger);
      return jobs.findJob(owner, jobId);
    }
    throw new AppError('JOB_NOT_CANCELABLE', 'The job is settled already: there is nothing to cancel.', {
      details: { status: status.toUpperCase() },
    });
  };
}
