import { expect } from '@jest/globals';
import { AppError } from '../../src/errors.ts';
import { createJobStatusChanges, type JobStatusChanges } from '../../src/jobs/job-status.ts';
import type { TakenJob } from '../../src/jobs/take-job.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { openFrameBatches } from '../../worker/frame-batches.ts';
import { createAttemptSettler } from '../../worker/settle-attempt.ts';
import { COUNTED_MEDIA } from './counting-pipeline.ts';
import { frameNumber } from './frame-data.ts';
import type { JobRow } from './job-audit.ts';
import type { JobBoard } from './job-board.ts';
import type { AttemptEvent } from './job-events.ts';
import type { TestServices } from './test-services.ts';

type Settling = Extract<AttemptEvent, { kind: 'settle' }>;

const MAX_ATTEMPTS = 2;
const HOUR_MS = 3_600_000;
const logger = createSilentLogger();
const conflict = { code: 'JOB_STATE_CONFLICT' };
const persist = <T>(write: () => Promise<T>) => write();
const outputOf = ({ job }: TakenJob) => `${job.jobId}_${job.attempt}_results.json`;
const FAILURES = {
  permanent: new AppError('INVALID_VIDEO', 'The video is damaged.'),
  retryable: new AppError('STORAGE_FAILED', 'The disk is broken.'),
  blameless: new AppError('STORAGE_FULL', 'The disk is full.'),
  stopped: new AppError('WORKER_STOPPED', 'The worker was told to stop.'),
};

/** Lets attempts do what workers do, and compares what becomes of the row. Resolves to whether it is a dead letter now. */
export type ActAsWorker = (taken: TakenJob, event: AttemptEvent) => Promise<boolean>;

/** See ActAsWorker. An attempt that does not own its job any more must be refused whatever it does. */
export function createActAsWorker(services: TestServices, board: JobBoard): ActAsWorker {
  const { dataSource, queue, storage } = services;
  const status = createJobStatusChanges(dataSource.manager, logger);

  const settle = async (taken: TakenJob, { how, delayed }: Settling): Promise<void> => {
    const delayMs = delayed ? HOUR_MS : 0;
    const retryPolicy = { maxAttempts: MAX_ATTEMPTS, delayMs, maxDelayMs: delayMs };
    const settler = createAttemptSettler({ ...services, logger, persist, retryPolicy });
    if (how === 'complete') await settler.complete(taken, outputOf(taken));
    else await settler.fail(taken, FAILURES[how]);
  };
  const checkpoint = async ({ job }: TakenJob) => {
    const deps = { manager: dataSource.manager, storage, persist, intervalMs: HOUR_MS };
    const batches = await openFrameBatches(job, 'engines', deps);
    await batches.append(frameNumber(0), { timing: { decodeMs: 1, detectMs: 1, ocrMs: 1 }, warnings: [] });
    await batches.flush();
  };

  const expectFenced = async (taken: TakenJob, event: AttemptEvent) => {
    const { job } = taken;
    const attempts: ((changes: JobStatusChanges) => Promise<unknown>)[] = [
      (changes) => changes.complete(job, outputOf(taken)),
      (changes) => changes.fail(job, FAILURES.retryable),
      (changes) => changes.putBack(job, FAILURES.retryable, { counts: true, delayMs: 0 }),
      (changes) => changes.giveUp(job, FAILURES.retryable),
      (changes) => changes.describeMedia(job, COUNTED_MEDIA),
      (changes) => changes.beginStoring(job),
      () => checkpoint(taken),
    ];
    for (const attempt of attempts) await expect(attempt(status)).rejects.toMatchObject(conflict);
    expect(await status.isRunning(job)).toBe(false);
    if (event.kind !== 'settle') return;
    await settle(taken, event).catch((error: unknown) => expect(error).toMatchObject(conflict));
  };

  const settleAndPredict = async (taken: TakenJob, row: JobRow, event: Settling) => {
    await settle(taken, event);
    const { status: now, retry_at: at } = (await board.row(row.job_id)) ?? row;
    // Half of the delay, at least, is waited in any case; a worker that was told to stop delays nothing.
    const isLater = now === 'pending' && event.delayed && event.how !== 'stopped';
    expect((at ?? 0) > Date.now() + HOUR_MS / 3).toBe(isLater);
    return afterSettling(taken, row, event);
  };

  const act = async (taken: TakenJob, row: JobRow, event: AttemptEvent): Promise<Partial<JobRow>> => {
    if (event.kind === 'settle') return settleAndPredict(taken, row, event);
    if (event.kind === 'describeMedia') {
      await status.describeMedia(taken.job, COUNTED_MEDIA);
      return { status: 'running', stage: 'analysing', revision: row.revision + 1 };
    }
    if (event.kind === 'beginStoring') {
      await status.beginStoring(taken.job);
      return { status: 'running', stage: 'storing', revision: row.revision + 1 };
    }
    if (event.kind === 'checkpoint') await checkpoint(taken);
    // As the queue does when the heartbeat is missed; it takes an entry back once.
    else if (!(await board.crashes()).has(row.job_id)) await queue.release(taken.entry);
    return row;
  };

  return async (taken, event) => {
    const { jobId, attempt } = taken.job;
    const row = await board.row(jobId);
    if (row?.status !== 'running' || row.attempt !== attempt) {
      await board.expectNoChange(() => expectFenced(taken, event));
      return false;
    }
    expect(await status.isRunning(taken.job)).toBe(true);
    const wanted = await act(taken, row, event);
    await board.expectRow(jobId, { attempt, crash_count: row.crash_count, ...wanted });
    return event.kind === 'settle' && event.how === 'retryable' && wanted.status === 'failed';
  };
}

function afterSettling(taken: TakenJob, row: JobRow, { how }: Settling): Partial<JobRow> {
  if (how === 'complete') {
    const { failure_count } = row;
    return { status: 'completed', output_path: outputOf(taken), error_code: null, failure_count };
  }
  const failure_count = row.failure_count + (how === 'permanent' || how === 'retryable' ? 1 : 0);
  const isOver = how === 'permanent' || (how === 'retryable' && failure_count >= MAX_ATTEMPTS);
  return { status: isOver ? 'failed' : 'pending', failure_count, error_code: FAILURES[how].code };
}
