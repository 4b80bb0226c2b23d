import type { DataSource } from 'typeorm';
import { JobEntity } from '../src/jobs/job.entity.ts';
import { resultsIndexKey, resultsKey } from '../src/results/results-keys.ts';
import type { StorageService } from '../src/storage/storage-service.ts';

/** Removes the results that nobody will ask for any more: those of a job that was canceled or deleted. */
export type DiscardOutput = (jobId: string) => Promise<void>;

/**
 * Makes the function. It holds the job's row while it removes the files, so that a later attempt, which writes under
 * the same keys, cannot complete in between; results of a job that is not canceled are left alone.
 */
export function createDiscardOutput(deps: {
  dataSource: DataSource;
  storage: StorageService;
}): DiscardOutput {
  const { dataSource, storage } = deps;
  return (jobId) =>
    dataSource.transaction(async (transaction) => {
      const job = await transaction.findOne(JobEntity, {
        where: { jobId },
        lock: { mode: 'pessimistic_write' },
      });
      if (job && job.status !== 'canceled') return;
      const key = resultsKey(jobId);
      for (const file of [key, resultsIndexKey(key)]) await storage.delete(file);
    });
}
