import { randomUUID } from 'node:crypto';
import { createSilentLogger } from '../../src/logger.ts';
import { resolveAnalysisOptions } from '../../src/jobs/resolve-analysis-options.ts';
import { JobEntity } from '../../src/jobs/job.entity.ts';
import type { RetryPolicy } from '../../src/jobs/retry-policy.ts';
import { createTakeJob, type RunningLimits, type TakeJob } from '../../src/jobs/take-job.ts';
import { type AttemptObserver, createJobWorker, type JobWorker } from '../../worker/job-worker.ts';
import type { RunAttempt } from '../../worker/run-attempt.ts';
import { createAttemptSettler } from '../../worker/settle-attempt.ts';
import type { TestServices } from './test-services.ts';
import { unobserved } from './unobserved.ts';

const logger = createSilentLogger();

/** What a test chooses of a worker's loop. */
export interface LoopOptions {
  policy?: Partial<RetryPolicy>;
  limits?: Partial<RunningLimits>;
  maxJobSeconds?: number;
  graceMs?: number;
  assertReady?: () => Promise<void>;
  observer?: AttemptObserver;
  wear?: { jobDone(): void; reason(): string | null };
}

/** Takes jobs from the services' queue. */
export function takerOf(services: TestServices, limits: Partial<RunningLimits> = {}): TakeJob {
  return createTakeJob({
    ...services,
    logger,
    limits: { maxRunning: 1_000, maxRunningPerOwner: 1_000, ...limits },
  });
}

/** A worker's loop over real services, with an analysis of the test's own. */
export function jobLoop(
  services: TestServices,
  runAttempt: RunAttempt,
  options: LoopOptions = {},
): JobWorker {
  const { dataSource, queue } = services;
  return createJobWorker({
    manager: dataSource.manager,
    queue,
    logger,
    takeJob: takerOf(services, options.limits),
    runAttempt,
    settler: createAttemptSettler({
      ...services,
      logger,
      persist: (write) => write(),
      retryPolicy: { maxAttempts: 3, delayMs: 0, maxDelayMs: 0, ...options.policy },
    }),
    limitsFor: () => ({
      probeSeconds: options.maxJobSeconds ?? 60,
      secondsFor: () => options.maxJobSeconds ?? 60,
      graceMs: options.graceMs ?? 0,
    }),
    assertReady: options.assertReady ?? (async () => {}),
    observer: options.observer ?? unobserved,
    wear: options.wear ?? { jobDone() {}, reason: () => null },
    pollMs: 10,
  });
}

/** A pending job with its entry in the queue, made without a video. */
export async function insertJob(
  { dataSource, queue }: TestServices,
  values: Partial<JobEntity> = {},
): Promise<string> {
  const jobId = randomUUID();
  const row = {
    jobId,
    pipelineId: 'yolo_ocr',
    options: { ...resolveAnalysisOptions({}) },
    inputPath: `${jobId}.mp4`,
    originalFilename: 'a.mp4',
    sizeBytes: 1,
    sha256: '',
    ...values,
  };
  await dataSource.transaction(async (transaction) => {
    await transaction.insert(JobEntity, row);
    const { priority = 0, fairTurn: turn = 0, owner: group = 'local' } = values;
    await queue.enqueue(jobId, { transaction, priority, turn, group });
  });
  return jobId;
}

/** Removes all jobs and their entries, as if they had never been. */
export async function removeAllJobs({ dataSource, queue }: TestServices): Promise<void> {
  for (const { jobId } of await dataSource.manager.find(JobEntity)) {
    await dataSource.manager.delete(JobEntity, { jobId });
    await queue.remove(jobId);
  }
}

/** The row of a job. */
export function readJob({ dataSource }: TestServices, jobId: string): Promise<JobEntity> {
  return dataSource.manager.findOneByOrFail(JobEntity, { jobId });
}

/** An analysis that goes on until it is told to stop. */
export const untilAborted: RunAttempt = (_job, { signal }) =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
