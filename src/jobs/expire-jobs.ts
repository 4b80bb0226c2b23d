import type { Logger } from '../logger.ts';
import { BATCH_SIZE, removeInBatches } from '../remove-in-batches.ts';
import type { RemoveJobs } from './remove-jobs.ts';
import type { RetentionHours } from './retention.ts';
import { SETTLED_STATUSES, type SettledStatus } from './settled.ts';

/** Removes the jobs whose time is over, with everything that belongs to them, and resolves to their number. */
export type ExpireJobs = (signal: AbortSignal) => Promise<number>;

/**
 * Makes the function. A job that is being retried or deleted at the same moment is left to whoever came first: its row
 * is locked, and afterwards it has not expired any more, or is gone.
 */
export function createExpireJobs(deps: {
  removeJobs: RemoveJobs;
  hours: RetentionHours;
  logger: Logger;
}): ExpireJobs {
  const { removeJobs, hours, logger } = deps;

  const removeBatch = async (status: SettledStatus): Promise<number> => {
    const jobIds = await removeJobs(async (transaction) => {
      const rows = await transaction.query<{ jobId: string }[]>(
        `SELECT job_id AS "jobId" FROM jobs
          WHERE status = $1 AND finished_at <= now() - make_interval(hours => $2)
          ORDER BY finished_at LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED`,
        [status, hours[status]],
      );
      return rows.map(({ jobId }) => jobId);
    });
    for (const jobId of jobIds) logger.info({ jobId }, `job ${jobId}: ${status}, expired, removed`);
    return jobIds.length;
  };

  return async (signal) => {
    let count = 0;
    for (const status of SETTLED_STATUSES) {
      count += await removeInBatches(() => removeBatch(status), signal);
    }
    return count;
  };
}
