import type { DataSource } from 'typeorm';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { JobFinder } from './find-jobs.ts';
import { createJobStatusChanges } from './job-status.ts';
import type { JobView } from './job-view.ts';

/** Cancels a job of `owner` and resolves to it. */
export type CancelJob = (owner: string, jobId: string) => Promise<JobView>;

/**
 * Makes the canceller. A waiting job leaves the queue; a running one is canceled at once, and its worker, which finds
 * that out within moments, stops working on it.
 * It throws AppError JOB_NOT_FOUND, or JOB_NOT_CANCELABLE when the job is settled.
 */
export function createCancelJob(deps: {
  dataSource: DataSource;
  queue: QueueService;
  jobs: JobFinder;
  logger: Logger;
}): CancelJob {
  const { dataSource, queue, jobs, logger } = deps;
  return async (owner, jobId) => {
    const { status } = await jobs.findJob(owner, jobId);
    const canceled = await dataSource.transaction(async (transaction) => {
      const changed = await createJobStatusChanges(transaction, logger).cancel({ jobId, owner });
      if (changed) await queue.remove(jobId, { transaction });
      return changed;
    });
    if (canceled) return jobs.findJob(owner, jobId);
    throw new AppError('JOB_NOT_CANCELABLE', 'The job is settled already: there is nothing to cancel.', {
      details: { status: status.toUpperCase() },
    });
  };
}
