import type { EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { MediaInfo } from '../results/results-document.ts';
import { JobEntity, type JobStatus } from './job.entity.ts';

/**
 * The state machine of a job, and the only place that changes a status.
 *
 *     pending -> running -> completed
 *        ^          |  \--> failed
 *        \----------/
 *
 * docs/job-states.md says who moves a job along each arrow.
 */
export const JOB_TRANSITIONS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  pending: ['running', 'canceled'],
  running: ['completed', 'failed', 'pending', 'canceled'],
  completed: [],
  failed: [],
  canceled: [],
};

/** A running job and the attempt that runs it: what a worker must hold to change the row. */
export interface RunningAttempt {
  jobId: string;
  attempt: number;
}

/** Why a job failed, or why it has to run again. */
export type JobError = Pick<AppError, 'code' | 'message'>;

/** Changes job rows from one status to the next, in the transaction of `manager`, logging each change. */
export interface JobStatusChanges {
  /** pending -> running: a worker starts the next attempt. Null when the job is not pending. */
  start(jobId: string): Promise<JobEntity | null>;
  /** running -> completed: the results lie in storage under `outputPath`. */
  complete(running: RunningAttempt, outputPath: string): Promise<void>;
  /** running -> failed: no further attempt would help. */
  fail(running: RunningAttempt, error: JobError): Promise<void>;
  /** running -> pending: this attempt is over, another may succeed. The last error stays visible meanwhile. */
  putBack(running: RunningAttempt, error: JobError): Promise<void>;
  /** Notes what the probe found, while running. */
  describeMedia(running: RunningAttempt, media: MediaInfo): Promise<void>;
}

/** See JobStatusChanges. Each change but `start` throws JOB_STATE_CONFLICT when the attempt no longer owns the row. */
export function createJobStatusChanges(manager: EntityManager, logger: Logger): JobStatusChanges {
  const change = async (
    running: RunningAttempt,
    to: JobStatus,
    values: QueryDeepPartialEntity<JobEntity>,
  ): Promise<void> => {
    const result = await manager.update(
      JobEntity,
      { jobId: running.jobId, status: 'running', attempt: running.attempt },
      { ...values, status: to, updatedAt: () => 'now()' },
    );
    if (result.affected !== 1) {
      throw new AppError(
        'JOB_STATE_CONFLICT',
        'The job is no longer run by this attempt. Another worker has taken it over.',
      );
    }
    if (to !== 'running') logTransition(logger, running, 'running', to);
  };

  return {
    async start(jobId) {
      const result = await manager
        .createQueryBuilder()
        .update(JobEntity)
        .set({
          status: 'running',
          attempt: () => 'attempt + 1',
          startedAt: () => 'now()',
          updatedAt: () => 'now()',
        })
        .where({ jobId, status: 'pending' })
        .execute();
      if (result.affected !== 1) return null;
      const job = await manager.findOneByOrFail(JobEntity, { jobId });
      logTransition(logger, job, 'pending', 'running');
      return job;
    },

    async complete(running, outputPath) {
      await change(running, 'completed', {
        outputPath,
        errorCode: null,
        errorMessage: null,
        finishedAt: () => 'now()',
      });
    },

    async fail(running, error) {
      await change(running, 'failed', {
        errorCode: error.code,
        errorMessage: error.message,
        finishedAt: () => 'now()',
      });
    },

    async putBack(running, error) {
      await change(running, 'pending', { errorCode: error.code, errorMessage: error.message });
    },

    async describeMedia(running, media) {
      await change(running, 'running', { media });
    },
  };
}

/** Coarse by design: 0 while pending, 0.5 while running, 1 when settled. */
export function progressOf(status: JobStatus): number {
  if (status === 'pending') return 0;
  return status === 'running' ? 0.5 : 1;
}

/** Whether a job in this status will never change again by itself. */
export function isSettled(status: JobStatus): boolean {
  return JOB_TRANSITIONS[status].length === 0;
}

function logTransition(logger: Logger, job: RunningAttempt, from: JobStatus, to: JobStatus): void {
  logger.info({ jobId: job.jobId, attempt: job.attempt }, `job ${job.jobId}: ${from} -> ${to}`);
}
