import type { Config } from '../src/config.ts';
import { persist } from '../src/database/persist.ts';
import { createTakeJob } from '../src/jobs/take-job.ts';
import type { Logger } from '../src/logger.ts';
import type { WorkObserver } from '../src/metrics/work-observer.ts';
import type { Services } from '../src/services.ts';
import { completeStoredOptions } from '../src/jobs/analysis-options.ts';
import { analysedMs, jobSecondsFor } from './job-time-limit.ts';
import { createJobWorker, type JobWorker } from './job-worker.ts';
import type { PipelineRegistry } from './pipelines/pipeline.ts';
import { createRunAttempt } from './run-attempt.ts';
import { createAttemptSettler } from './settle-attempt.ts';
import type { WorkerWear } from './worker-wear.ts';

/** The composition root of the worker's loop: what runs jobs, over running engines and services. */
export function composeWorker(deps: {
  config: Config;
  services: Services;
  pipelines: PipelineRegistry;
  wear: WorkerWear;
  observer: WorkObserver;
  logger: Logger;
}): JobWorker {
  const { config, services, pipelines, wear, observer, logger } = deps;
  const { dataSource, queue, storage } = services;
  const { manager } = dataSource;
  const shared = {
    dataSource,
    queue,
    storage,
    observer,
    logger,
    persist: <T>(write: () => Promise<T>) => persist(write, { timeoutMs: config.DATABASE_WAIT_MS }),
  };
  return createJobWorker({
    manager,
    queue,
    wear,
    observer,
    logger,
    takeJob: createTakeJob({
      ...shared,
      limits: { maxRunning: config.MAX_RUNNING_JOBS, maxRunningPerOwner: config.MAX_RUNNING_JOBS_PER_OWNER },
    }),
    runAttempt: createRunAttempt({ ...shared, manager, pipelines, checkpointMs: config.CHECKPOINT_MS }),
    settler: createAttemptSettler({
      ...shared,
      retryPolicy: {
        maxAttempts: config.MAX_ATTEMPTS,
        delayMs: config.RETRY_DELAY_MS,
        maxDelayMs: config.RETRY_MAX_DELAY_MS,
      },
    }),
    limitsFor: ({ options }) => ({
      probeSeconds: jobSecondsFor(config, 0),
      secondsFor: ({ durationMs }) =>
        jobSecondsFor(config, analysedMs(durationMs, completeStoredOptions(options))),
      graceMs: config.SHUTDOWN_GRACE_MS,
    }),
    assertReady: () => services.space.assertRoom(),
    pollMs: config.WORKER_POLL_MS,
  });
}
