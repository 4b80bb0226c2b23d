import type { Logger } from '../logger.ts';
import type { JobFinder } from './find-jobs.ts';
import type { RemoveJobs } from './remove-jobs.ts';

/** Removes a job of `owner` with everything that belongs to it. */
export type DeleteJob = (owner: string, jobId: string) => Promise<void>;

/**
 * Makes the function: row and queue entry go in one transaction, then the video and the results. A worker that runs
 * the job finds that out within moments, stops, and removes what it has written.
 * It throws AppError JOB_NOT_FOUND.
 */
export function createDeleteJob(deps: {
  removeJobs: RemoveJobs;
  jobs: JobFinder;
  logger: Logger;
}): DeleteJob {
  const { removeJobs, jobs, logger } = deps;
  return async (owner, jobId) => {
    await jobs.findJob(owner, jobId);
    await removeJobs(async (transaction) => {
      const rows = await transaction.query<{ jobId: string }[]>(
        'SELECT job_id AS "jobId" FROM jobs WHERE job_id = $1 AND owner = $2 FOR UPDATE',
        [jobId, owner],
      );
      return rows.map((row) => row.jobId);
    });
    logger.info({ jobId, owner }, `job ${jobId}: deleted`);
  };
}
