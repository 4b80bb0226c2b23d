import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { AppError, toAppError } from '../src/errors.ts';
import { JobEntity } from '../src/jobs/job.entity.ts';
import { createJobStatusChanges, isSettled, type JobStatusChanges } from '../src/jobs/job-status.ts';
import type { Logger } from '../src/logger.ts';
import type { QueueEntry, QueueService } from '../src/queue/queue-service.ts';
import type { DiscardOutput } from './discard-output.ts';
import type { RunAttempt } from './run-attempt.ts';

/** How soon a worker finds out that its job was canceled or deleted. */
const OWNERSHIP_CHECK_MS = 1_000;

/** Takes jobs from the queue and runs them, one at a time. */
export interface JobWorker {
  /** Takes and runs the next job; false when none waited. A job that fails is recorded, not thrown. */
  runOnce(stopping: AbortSignal): Promise<boolean>;
  /** Runs jobs until `stopping` is aborted; the job in hand is then put back. */
  runForever(stopping: AbortSignal): Promise<void>;
}

/** What a job worker works with. */
export interface JobWorkerDeps {
  dataSource: DataSource;
  queue: QueueService;
  runAttempt: RunAttempt;
  /** Removes what an attempt stored for a job that was canceled or deleted meanwhile. */
  discardOutput: DiscardOutput;
  logger: Logger;
  /** Milliseconds between two looks into an empty queue. */
  pollMs: number;
  /** Seconds one attempt may take. */
  maxJobSeconds: number;
  /** How often a job is tried. */
  maxAttempts: number;
}

/** See JobWorker. */
export function createJobWorker(deps: JobWorkerDeps): JobWorker {
  const { dataSource, queue, logger, maxAttempts } = deps;

  const isLastAttempt = (job: JobEntity) => job.failureCount + 1 >= maxAttempts;

  /** Changes the row and its queue entry together, or neither. */
  const settle = (
    entry: QueueEntry,
    how: 'acknowledge' | 'release',
    change: (status: JobStatusChanges) => Promise<void>,
  ): Promise<void> =>
    dataSource.transaction(async (transaction) => {
      await change(createJobStatusChanges(transaction, logger));
      await queue[how](entry, { transaction });
    });

  /** The job of a delivery, running under a new attempt; null when there is nothing left to do for it. */
  const claim = async (entry: QueueEntry): Promise<JobEntity | null> => {
    const job = await dataSource.manager.findOneBy(JobEntity, { jobId: entry.jobId });
    if (!job || isSettled(job.status)) {
      await queue.acknowledge(entry);
      return null;
    }
    const status = createJobStatusChanges(dataSource.manager, logger);
    if (job.status === 'running') {
      // The queue delivers an entry twice only when its worker fell silent.
      const crashed = new AppError(
        'WORKER_CRASHED',
        `The worker ended in the middle of attempt ${job.attempt}.`,
      );
      if (isLastAttempt(job)) {
        await settle(entry, 'acknowledge', (changes) => changes.fail(job, crashed));
        return null;
      }
      await status.putBack(job, crashed);
    }
    return status.start(entry.jobId);
  };

  /** Looks again and again whether the job is still ours: its owner may have canceled or deleted it. */
  const watchOwnership = (job: JobEntity): { lost: AbortSignal; close(): void } => {
    const status = createJobStatusChanges(dataSource.manager, logger);
    const lost = new AbortController();
    const check = async () => {
      if (!(await status.isRunning(job))) lost.abort(noLongerOurs());
    };
    const timer = setInterval(() => {
      check().catch((error: unknown) => {
        logger.warn({ jobId: job.jobId, err: error }, 'could not look whether the job is still ours');
      });
    }, OWNERSHIP_CHECK_MS);
    return { lost: lost.signal, close: () => clearInterval(timer) };
  };

  const recordFailure = async (entry: QueueEntry, job: JobEntity, cause: unknown, stopping: AbortSignal) => {
    const error = toAppError(cause);
    if (error.code === 'JOB_STATE_CONFLICT') {
      logger.warn({ jobId: job.jobId, attempt: job.attempt }, 'gave up a job that is no longer ours');
      await deps.discardOutput(job.jobId);
      return;
    }
    // Being told to stop is no fault of the job's, however often it happens.
    const again = stopping.aborted ? error === stopping.reason : error.retryable && !isLastAttempt(job);
    const level = again ? 'warn' : 'error';
    logger[level]({ jobId: job.jobId, attempt: job.attempt, code: error.code, err: cause }, error.message);
    if (again) await settle(entry, 'release', (changes) => changes.putBack(job, error));
    else await settle(entry, 'acknowledge', (changes) => changes.fail(job, error));
  };

  const runOnce = async (stopping: AbortSignal): Promise<boolean> => {
    const entry = await queue.dequeue();
    if (!entry) return false;
    const job = await claim(entry);
    if (!job) return true;

    const timeLimit = new AbortController();
    const timer = setTimeout(
      () => timeLimit.abort(tookTooLong(deps.maxJobSeconds)),
      deps.maxJobSeconds * 1000,
    );
    const heartbeat = setInterval(() => {
      queue.keepAlive(entry).catch((error: unknown) => {
        logger.warn({ jobId: job.jobId, err: error }, 'could not tell the queue that the job is alive');
      });
    }, queue.keepAliveMs);
    const ownership = watchOwnership(job);
    try {
      const signal = AbortSignal.any([stopping, timeLimit.signal, ownership.lost]);
      const outputPath = await deps.runAttempt(job, signal);
      await settle(entry, 'acknowledge', (changes) => changes.complete(job, outputPath));
    } catch (error) {
      await recordFailure(entry, job, error, stopping);
    } finally {
      clearTimeout(timer);
      clearInterval(heartbeat);
      ownership.close();
    }
    return true;
  };

  return {
    runOnce,
    async runForever(stopping) {
      while (!stopping.aborted) {
        let idle = true;
        try {
          idle = !(await runOnce(stopping));
        } catch (error) {
          logger.error({ err: error }, 'the job loop failed; it goes on');
        }
        // Ends early when stopping: that is no error.
        if (idle) await delay(deps.pollMs, undefined, { signal: stopping }).catch(() => {});
      }
    },
  };
}

function noLongerOurs(): AppError {
  return new AppError('JOB_STATE_CONFLICT', 'The job was canceled, deleted or taken over by another worker.');
}

function tookTooLong(seconds: number): AppError {
  return new AppError(
    'JOB_TIMED_OUT',
    `The analysis took longer than ${seconds} s. Submit a shorter video or fewer samples.`,
  );
}
