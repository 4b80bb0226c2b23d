import { In, type EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { MediaInfo } from '../results/results-document.ts';
import { dropCheckpoints } from './job-checkpoints.ts';
import { JobEntity, type JobStatus } from './job.entity.ts';
import { RETRYABLE_STATUSES } from './settled.ts';

/** A running job and the attempt that runs it: what a worker must hold to change the row. */
export interface RunningAttempt {
  jobId: string;
  attempt: number;
}

/** A job as its owner names it. */
export interface OwnedJob {
  jobId: string;
  owner: string;
}

/** Why a job failed, or why it has to run again. */
export type JobError = Pick<AppError, 'code' | 'message'>;

/** How a job is put back. */
export interface PutBack {
  /** Whether the attempt's failure counts against the limit of attempts. */
  counts: boolean;
  /** Milliseconds before the next attempt. */
  delayMs: number;
}

/**
 * The state machine of a job, and the only place that changes a status: each change happens in the transaction of
 * `manager` and is logged.
 *
 *     pending -> running -> completed
 *      ^ ^ |      | | \---> failed ----\
 *      | \-+------/ \-----> canceled --+
 *      |   \--------------> canceled   |
 *      \-------------------------------/
 *
 * docs/job-states.md says who moves a job along each arrow. A job that is settled keeps no checkpoints: what settles
 * one resolves to the storage keys of their files, which the caller deletes once its transaction has committed.
 */
export interface JobStatusChanges {
  /** pending -> running: a worker starts the next attempt. Null when the job is not pending. */
  start(jobId: string): Promise<JobEntity | null>;
  /** running -> completed: the results lie in storage under `outputPath`. */
  complete(running: RunningAttempt, outputPath: string): Promise<string[]>;
  /** running -> failed: no further attempt is made. */
  fail(running: RunningAttempt, error: JobError): Promise<string[]>;
  /** running -> pending: this attempt failed, another may succeed. The last error stays visible meanwhile. */
  putBack(running: RunningAttempt, error: JobError, how: PutBack): Promise<void>;
  /** running -> pending: the attempt's worker fell silent. */
  giveUp(running: RunningAttempt, error: JobError): Promise<void>;
  /** Notes what the probe found, and that the analysis has begun. */
  describeMedia(running: RunningAttempt, media: MediaInfo): Promise<void>;
  /** Notes that the results are being stored. */
  beginStoring(running: RunningAttempt): Promise<void>;
  /** Whether the attempt still owns the job: false once it was canceled, deleted or taken over. */
  isRunning(running: RunningAttempt): Promise<boolean>;
  /** pending or running -> canceled, for the job's owner. Null when the job is in another state. */
  cancel(job: OwnedJob): Promise<string[] | null>;
  /** failed or canceled -> pending, with all attempts anew. False when the job is in another state. */
  retry(job: OwnedJob, how: Requeued): Promise<boolean>;
}

/** How a job is queued once more. */
export type Requeued = Pick<JobEntity, 'fairTurn' | 'traceparent'>;

/** What every settled row has. */
const SETTLED: QueryDeepPartialEntity<JobEntity> = {
  stage: 'settled',
  finishedAt: () => 'now()',
  retryAt: null,
};

/** What every change of a row sets. */
const CHANGED = { revision: () => 'revision + 1', updatedAt: () => 'now()' };

/** See JobStatusChanges. Each change of a running attempt throws JOB_STATE_CONFLICT when the attempt no longer owns the row. */
export function createJobStatusChanges(manager: EntityManager, logger: Logger): JobStatusChanges {
  const change = async (
    running: RunningAttempt,
    to: JobStatus,
    values: QueryDeepPartialEntity<JobEntity>,
  ): Promise<void> => {
    const result = await manager.update(
      JobEntity,
      { jobId: running.jobId, status: 'running', attempt: running.attempt },
      { ...values, ...CHANGED, status: to },
    );
    if (result.affected !== 1) {
      throw new AppError(
        'JOB_STATE_CONFLICT',
        'The job is no longer run by this attempt. Another worker has taken it over.',
      );
    }
    if (to !== 'running') logTransition(logger, running, 'running', to);
  };

  const moveOwned = async (
    { jobId, owner }: OwnedJob,
    from: readonly JobStatus[],
    to: JobStatus,
    values: QueryDeepPartialEntity<JobEntity>,
  ): Promise<boolean> => {
    const result = await manager.update(
      JobEntity,
      { jobId, owner, status: In(from) },
      { ...values, ...CHANGED, status: to },
    );
    if (result.affected !== 1) return false;
    logger.info({ jobId, owner }, `job ${jobId}: ${from.join(' or ')} -> ${to}`);
    return true;
  };

  return {
    async start(jobId) {
      const result = await manager.update(
        JobEntity,
        { jobId, status: 'pending' },
        {
          ...CHANGED,
          status: 'running',
          stage: 'probing',
          attempt: () => 'attempt + 1',
          startedAt: () => 'now()',
          retryAt: null,
        },
      );
      if (result.affected !== 1) return null;
      const job = await manager.findOneByOrFail(JobEntity, { jobId });
      logTransition(logger, job, 'pending', 'running');
      return job;
    },

    async complete(running, outputPath) {
      await change(running, 'completed', {
        ...SETTLED,
        outputPath,
        errorCode: null,
        errorMessage: null,
      });
      return dropCheckpoints(manager, running.jobId);
    },

    async fail(running, error) {
      await change(running, 'failed', {
        ...SETTLED,
        failureCount: () => 'failure_count + 1',
        errorCode: error.code,
        errorMessage: error.message,
      });
      return dropCheckpoints(manager, running.jobId);
    },

    async putBack(running, error, { counts, delayMs }) {
      await change(running, 'pending', {
        ...waitingAfter(error),
        ...(counts ? { failureCount: () => 'failure_count + 1' } : {}),
        retryAt: new Date(Date.now() + delayMs),
      });
    },

    async giveUp(running, error) {
      await change(running, 'pending', {
        ...waitingAfter(error),
        crashCount: () => 'crash_count + 1',
      });
    },

    async describeMedia(running, media) {
      await change(running, 'running', { media, stage: 'analysing' });
    },

    async beginStoring(running) {
      await change(running, 'running', { stage: 'storing' });
    },

    isRunning: ({ jobId, attempt }) => manager.existsBy(JobEntity, { jobId, attempt, status: 'running' }),

    async cancel(job) {
      const canceled = await moveOwned(job, ['pending', 'running'], 'canceled', SETTLED);
      return canceled ? dropCheckpoints(manager, job.jobId) : null;
    },

    retry: (job, how) =>
      moveOwned(job, RETRYABLE_STATUSES, 'pending', {
        stage: 'queued',
        ...how,
        failureCount: 0,
        crashCount: 0,
        queuedAt: () => 'now()',
        startedAt: null,
        finishedAt: null,
        errorCode: null,
        errorMessage: null,
      }),
  };
}

/** A pending row that remembers why its last attempt ended. */
function waitingAfter({ code, message }: JobError): QueryDeepPartialEntity<JobEntity> {
  return { stage: 'queued', errorCode: code, errorMessage: message };
}

/** Coarse by design: 0 while pending, 0.5 while running, 1 when settled. */
export function progressOf(status: JobStatus): number {
  if (status === 'pending') return 0;
  return status === 'running' ? 0.5 : 1;
}

function logTransition(logger: Logger, job: RunningAttempt, from: JobStatus, to: JobStatus): void {
  logger.info({ jobId: job.jobId, attempt: job.attempt }, `job ${job.jobId}: ${from} -> ${to}`);
}
