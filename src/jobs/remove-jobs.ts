import type { DataSource, EntityManager } from 'typeorm';
import type { Logger } from '../logger.ts';
import type { QueueService } from '../queue/queue-service.ts';
import { resultsFilesOf } from '../results/results-keys.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { deleteFiles } from './delete-files.ts';
import { announceTakenAway } from './job-changes.ts';

/**
 * Removes the jobs whose ids `choose` resolves to, with everything that belongs to them, and resolves to the ids of
 * those that were there. `choose` must lock their rows in the transaction, so that nobody changes them meanwhile.
 */
export type RemoveJobs = (choose: (transaction: EntityManager) => Promise<string[]>) => Promise<string[]>;

/** A removed row, as far as it tells where files lie. */
interface RemovedJob {
  jobId: string;
  attempt: number;
  inputPath: string;
  /** Keys of its checkpoints. */
  checkpoints: string[];
}

/**
 * Makes the function. Rows and queue entries go in one transaction, and only then the files: whoever finds a row finds
 * its files too. A process that ends in between leaves files without a row, which the sweep removes.
 * It throws AppError STORAGE_FAILED, after it has tried every file, when one could not be removed.
 */
export function createRemoveJobs(deps: {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  logger: Logger;
}): RemoveJobs {
  const { dataSource, queue, storage, logger } = deps;

  return async (choose) => {
    const removed = await dataSource.transaction(async (transaction) => {
      const jobIds = await choose(transaction);
      // The subquery sees the checkpoints as they were: they go with their job, by their foreign key.
      const rows = await transaction.query<RemovedJob[]>(
        `WITH removed AS (DELETE FROM jobs WHERE job_id = ANY($1::uuid[]) RETURNING job_id, attempt, input_path)
          SELECT r.job_id AS "jobId", r.attempt, r.input_path AS "inputPath",
            ARRAY(SELECT c.storage_key FROM job_checkpoints c WHERE c.job_id = r.job_id) AS checkpoints
          FROM removed r`,
        [jobIds],
      );
      for (const { jobId } of rows) {
        await queue.remove(jobId, { transaction });
        await announceTakenAway(transaction, jobId);
      }
      return rows;
    });
    const keysOf = ({ jobId, attempt, inputPath, checkpoints }: RemovedJob) => [
      inputPath,
      ...resultsFilesOf(jobId, attempt),
      ...checkpoints,
    ];
    const failures = await deleteFiles(storage, removed.flatMap(keysOf), logger);
    if (failures.length > 0) throw failures[0];
    return removed.map(({ jobId }) => jobId);
  };
}
