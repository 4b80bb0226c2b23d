import type { DataSource, EntityManager } from 'typeorm';
import type { ErrorCode } from '../src/error-codes.ts';
import { AppError, toAppError } from '../src/errors.ts';
import { deleteFiles } from '../src/jobs/delete-files.ts';
import { createJobStatusChanges, type JobStatusChanges } from '../src/jobs/job-status.ts';
import { JobEntity } from '../src/jobs/job.entity.ts';
import { type AfterFailure, afterFailure, type RetryPolicy } from '../src/jobs/retry-policy.ts';
import type { TakenJob } from '../src/jobs/take-job.ts';
import { translateDatabaseError } from '../src/database/unavailable.ts';
import type { Logger } from '../src/logger.ts';
import type { AttemptOutcome } from '../src/metrics/work-observer.ts';
import type { QueueService } from '../src/queue/queue-service.ts';
import { resultsIndexKey, resultsKey } from '../src/results/results-keys.ts';
import type { StorageService } from '../src/storage/storage-service.ts';

/** What became of an attempt that failed. */
export interface FailedAttempt {
  outcome: Exclude<AttemptOutcome, 'completed' | 'unrecorded'>;
  code: ErrorCode;
}

/** Notes how an attempt ended: row and queue change together, and files that nobody needs any more go. */
export interface AttemptSettler {
  /** The results lie under `outputPath`. @throws AppError JOB_STATE_CONFLICT when the attempt no longer owns the job. */
  complete(taken: TakenJob, outputPath: string): Promise<void>;
  /** The attempt failed by `cause`: the job is tried again, or has failed, or is no longer ours, as the answer says. */
  fail(taken: TakenJob, cause: unknown): Promise<FailedAttempt>;
}

/** See AttemptSettler. */
export function createAttemptSettler(deps: {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  retryPolicy: RetryPolicy;
  /** Wraps each write to the database, which may be away for a while. */
  persist: <T>(write: () => Promise<T>) => Promise<T>;
  logger: Logger;
}): AttemptSettler {
  const { dataSource, queue, storage, retryPolicy, persist, logger } = deps;

  const change = <T>(
    work: (status: JobStatusChanges, transaction: EntityManager) => Promise<T>,
  ): Promise<T> =>
    persist(() =>
      dataSource.transaction((transaction) => work(createJobStatusChanges(transaction, logger), transaction)),
    );

  /** Removes what the attempt wrote, unless it was published after all. */
  const discard = async ({ job }: TakenJob): Promise<void> => {
    const key = resultsKey(job.jobId, job.attempt);
    const row = await persist(() => dataSource.manager.findOneBy(JobEntity, { jobId: job.jobId }));
    if (row?.outputPath !== key) await deleteFiles(storage, [key, resultsIndexKey(key)], logger);
  };

  /** A connection that was lost while it committed leaves open whether it did: the row tells. */
  const isPublished = async ({ job }: TakenJob, outputPath: string): Promise<boolean> => {
    const { jobId, attempt } = job;
    return persist(() =>
      dataSource.manager.existsBy(JobEntity, { jobId, attempt, status: 'completed', outputPath }),
    );
  };

  const record = ({ job, entry }: TakenJob, error: AppError, next: AfterFailure): Promise<string[]> =>
    change(async (status, transaction) => {
      if (next.kind === 'again') {
        await status.putBack(job, error, next);
        await queue.release(entry, { transaction, delayMs: next.delayMs });
        return [];
      }
      const leftOver = await status.fail(job, error);
      await queue.acknowledge(entry, { transaction });
      if (next.exhausted) await queue.bury(job.jobId, { transaction });
      return leftOver;
    });

  return {
    async complete(taken, outputPath) {
      const { job, entry } = taken;
      try {
        const leftOver = await change(async (status, transaction) => {
          const files = await status.complete(job, outputPath);
          await queue.acknowledge(entry, { transaction });
          return files;
        });
        await deleteFiles(storage, leftOver, logger);
      } catch (error) {
        if (toAppError(error).code !== 'JOB_STATE_CONFLICT' || !(await isPublished(taken, outputPath))) {
          throw error;
        }
      }
    },

    async fail(taken, cause) {
      const { jobId, attempt } = taken.job;
      const error = toAppError(translateDatabaseError(cause));
      const { code } = error;
      let outcome: FailedAttempt['outcome'] = 'lost';
      if (code !== 'JOB_STATE_CONFLICT') {
        const level = error.retryable ? 'warn' : 'error';
        logger[level]({ jobId, attempt, code, err: cause }, error.message);
        try {
          const next = afterFailure(taken.job, error, retryPolicy);
          await deleteFiles(storage, await record(taken, error, next), logger);
          outcome = next.kind === 'again' ? 'put_back' : 'failed';
        } catch (conflict) {
          if (toAppError(conflict).code !== 'JOB_STATE_CONFLICT') throw conflict;
        }
      } else {
        logger.warn({ jobId, attempt }, 'gave up a job that is no longer ours');
      }
      await discard(taken);
      return { outcome, code };
    },
  };
}
