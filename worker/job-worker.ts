import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { toAppError } from '../src/errors.ts';
import { createJobStatusChanges } from '../src/jobs/job-status.ts';
import type { TakeJob, TakenJob } from '../src/jobs/take-job.ts';
import { withLogFields } from '../src/log-fields.ts';
import type { Logger } from '../src/logger.ts';
import type { AttemptEnd, WorkObserver } from '../src/metrics/work-observer.ts';
import type { QueueService } from '../src/queue/queue-service.ts';
import { inSpan, type OpenSpan, type SpanOptions } from '../src/tracing/span.ts';
import { type AttemptLimits, createAttemptSignal } from './attempt-signal.ts';
import type { RunAttempt } from './run-attempt.ts';
import type { AttemptSettler } from './settle-attempt.ts';
import { type OwnershipWatch, watchOwnership } from './watch-ownership.ts';

/** Takes jobs from the queue and runs them, one at a time. */
export interface JobWorker {
  /** Takes and runs the next job; false when none could be taken. A job that fails is recorded, not thrown. */
  runOnce(stopping: AbortSignal): Promise<boolean>;
  /**
   * Runs jobs until `stopping` is aborted, or until the worker is worn out. The job in hand gets its grace period, and
   * is then put back.
   */
  runForever(stopping: AbortSignal): Promise<void>;
  /** The job of that id was taken away from its worker: if that is us, we look at once. */
  noticeTakenAway(jobId: string): void;
}

/** Hears of attempts that begin and end. */
export type AttemptObserver = Pick<WorkObserver, 'attemptBegan' | 'attemptEnded'>;

/** What a job worker works with. */
export interface JobWorkerDeps {
  manager: EntityManager;
  queue: QueueService;
  takeJob: TakeJob;
  runAttempt: RunAttempt;
  settler: AttemptSettler;
  limitsFor(job: TakenJob['job']): AttemptLimits;
  /** Throws when no job should be begun at the moment, for instance because the disk is nearly full. */
  assertReady(): Promise<void>;
  /** Told of every job that was run. */
  wear: { jobDone(): void; reason(): string | null };
  observer: AttemptObserver;
  logger: Logger;
  /** Milliseconds between two looks into an empty queue. */
  pollMs: number;
}

/** Pause after a failure of the loop itself, so that an outage does not fill the log. */
const FAILURE_PAUSE_MS = 2_000;

/** See JobWorker. */
export function createJobWorker(deps: JobWorkerDeps): JobWorker {
  const { queue, logger, settler, wear, observer } = deps;
  const status = createJobStatusChanges(deps.manager, logger);
  let inHand: { jobId: string; ownership: OwnershipWatch } | undefined;

  const run = async (taken: TakenJob, stopping: AbortSignal, span: OpenSpan): Promise<void> => {
    const { job, entry } = taken;
    const begun = performance.now();
    observer.attemptBegan();
    let end: Omit<AttemptEnd, 'elapsedMs'> = { outcome: 'unrecorded', code: 'INTERNAL_SERVER_ERROR' };
    const heartbeat = queue.keepAlive(entry);
    const ownership = watchOwnership(status, job, logger);
    const attempt = createAttemptSignal(stopping, ownership.lost, deps.limitsFor(job));
    inHand = { jobId: job.jobId, ownership };
    // Only what ends it early: closing the attempt aborts nothing.
    attempt.signal.addEventListener('abort', () => {
      const { code } = toAppError(attempt.signal.reason);
      logger.info({ jobId: job.jobId, attempt: job.attempt, code }, 'the attempt is ended early');
    });
    try {
      await settler.complete(taken, await deps.runAttempt(job, attempt));
      end = { outcome: 'completed', code: 'OK' };
    } catch (error) {
      end = await settler.fail(taken, error);
    } finally {
      inHand = undefined;
      attempt.close();
      ownership.close();
      heartbeat.close();
      wear.jobDone();
      observer.attemptEnded({ ...end, elapsedMs: performance.now() - begun });
      span.set({ 'foregsyte.attempt.outcome': end.outcome });
      if (end.outcome === 'lost') span.refuse(end.code);
      else if (end.outcome !== 'completed') span.fail(end.code);
    }
  };

  const runOnce = async (stopping: AbortSignal): Promise<boolean> => {
    await deps.assertReady();
    const taken = await deps.takeJob();
    if (!taken) return false;
    const { jobId, attempt } = taken.job;
    await withLogFields({ jobId, attempt }, () =>
      inSpan('attempt', attemptSpan(taken.job), (span) => run(taken, stopping, span)),
    );
    return true;
  };

  return {
    runOnce,
    async runForever(stopping) {
      while (!stopping.aborted && wear.reason() === null) {
        let pauseMs = 0;
        try {
          if (!(await runOnce(stopping))) pauseMs = deps.pollMs;
        } catch (error) {
          logger.error({ err: error }, 'the job loop failed; it goes on');
          pauseMs = Math.max(deps.pollMs, FAILURE_PAUSE_MS);
        }
        // Ends early when stopping: that is no error.
        if (pauseMs > 0) await delay(pauseMs, undefined, { signal: stopping }).catch(() => {});
      }
    },
    noticeTakenAway(jobId) {
      if (inHand?.jobId === jobId) inHand.ownership.check();
    },
  };
}

/** Part of the trace of the request that queued the job. */
function attemptSpan({ jobId, attempt, pipelineId, traceparent }: TakenJob['job']): SpanOptions {
  return {
    kind: 'consumer',
    traceparent,
    attributes: {
      'foregsyte.job.id': jobId,
      'foregsyte.job.attempt': attempt,
      'foregsyte.pipeline.id': pipelineId,
    },
  };
}
