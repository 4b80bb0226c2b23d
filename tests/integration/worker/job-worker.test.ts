import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { AppError } from '../../../src/errors.ts';
import { resolveAnalysisOptions } from '../../../src/jobs/analysis-options.ts';
import { createJobStatusChanges } from '../../../src/jobs/job-status.ts';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createPgBossQueue } from '../../../src/queue/pg-boss-queue.ts';
import type { QueueService } from '../../../src/queue/queue-service.ts';
import { createJobWorker } from '../../../worker/job-worker.ts';
import type { RunAttempt } from '../../../worker/run-attempt.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/test-database.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const logger = createSilentLogger();
const never = new AbortController().signal;
let database: TestDatabase;
let dataSource: DataSource;
let queue: QueueService;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await connectDataSource(database.url);
  queue = await createPgBossQueue(database.url, logger);
});
afterAll(async () => {
  await queue.close();
  await dataSource.destroy();
  await database.drop();
});

async function createJob(): Promise<string> {
  const jobId = randomUUID();
  await dataSource.manager.insert(JobEntity, {
    jobId,
    pipelineId: 'yolo_ocr',
    options: { ...resolveAnalysisOptions({}) },
    inputPath: `${jobId}.mp4`,
    originalFilename: 'a.mp4',
    sizeBytes: 1,
    sha256: '',
  });
  await queue.enqueue(jobId);
  return jobId;
}
const read = (jobId: string) => dataSource.manager.findOneByOrFail(JobEntity, { jobId });
const workerThat = (runAttempt: RunAttempt, maxAttempts = 3, maxJobSeconds = 60) =>
  createJobWorker({
    dataSource,
    queue,
    logger,
    runAttempt,
    discardOutput,
    pollMs: 10,
    maxJobSeconds,
    maxAttempts,
  });
const discarded: string[] = [];
const discardOutput = async (jobId: string) => {
  discarded.push(jobId);
};
const untilAborted: RunAttempt = (_job, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

describe('runOnce', () => {
  it('answers false when no job waits', async () => {
    expect(await workerThat(async () => 'unused').runOnce(never)).toBe(false);
  });

  it('completes a job', async () => {
    const jobId = await createJob();
    const done = await workerThat(async (job) => {
      expect(await read(jobId)).toMatchObject({ status: 'running', attempt: 1 });
      return `${job.jobId}_results.json`;
    }).runOnce(never);
    expect(done).toBe(true);
    expect(await read(jobId)).toMatchObject({ status: 'completed', outputPath: `${jobId}_results.json` });
    expect(await queue.dequeue()).toBeNull();
  });

  it('fails a job that throws, with its message, and goes on with the next', async () => {
    const [bad, good] = [await createJob(), await createJob()];
    const worker = workerThat(async (job) => {
      if (job.jobId === bad) throw new AppError('INVALID_VIDEO', 'The file is damaged.');
      return 'x_results.json';
    });
    expect([await worker.runOnce(never), await worker.runOnce(never)]).toEqual([true, true]);
    expect(await read(bad)).toMatchObject({
      status: 'failed',
      errorCode: 'INVALID_VIDEO',
      errorMessage: 'The file is damaged.',
    });
    expect(await read(good)).toMatchObject({ status: 'completed' });
  });

  it('shows nothing of an error that nobody foresaw', async () => {
    const jobId = await createJob();
    await workerThat(() => Promise.reject(new Error('secret at /etc/secret'))).runOnce(never);
    const job = await read(jobId);
    expect(job).toMatchObject({ status: 'failed', errorCode: 'INTERNAL_SERVER_ERROR' });
    expect(job.errorMessage).not.toContain('secret');
  });

  it('tries again what may succeed later, as often as allowed', async () => {
    const jobId = await createJob();
    const worker = workerThat(() => Promise.reject(new AppError('STORAGE_FAILED', 'The disk is full.')), 2);
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'pending', attempt: 1, errorCode: 'STORAGE_FAILED' });
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'failed', attempt: 2 });
    expect(await worker.runOnce(never)).toBe(false);
  });

  it('ends an attempt that takes too long', async () => {
    const jobId = await createJob();
    await workerThat(untilAborted, 3, 0.1).runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'failed', errorCode: 'JOB_TIMED_OUT' });
  });

  it.each([
    ['canceled', "UPDATE jobs SET status = 'canceled' WHERE job_id = $1"],
    ['deleted', 'DELETE FROM jobs WHERE job_id = $1'],
    ['taken over', 'UPDATE jobs SET attempt = attempt + 1 WHERE job_id = $1'],
  ])('ends an attempt whose job was %s meanwhile, and discards its output', async (_what, sql) => {
    const jobId = await createJob();
    await workerThat(async (job, signal) => {
      await dataSource.query(sql, [jobId]);
      // Nothing but the signal ends it.
      return untilAborted(job, signal);
    }).runOnce(never);
    expect(discarded).toContain(jobId);
    await queue.remove(jobId);
  });

  it('allows all attempts anew after a retry', async () => {
    const jobId = await createJob();
    const worker = workerThat(() => Promise.reject(new AppError('STORAGE_FAILED', 'The disk is full.')), 2);
    await worker.runOnce(never);
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'failed', attempt: 2 });
    await createJobStatusChanges(dataSource.manager, logger).retry({ jobId, owner: 'local' });
    await queue.remove(jobId);
    await queue.enqueue(jobId);
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'pending', attempt: 3 });
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'failed', attempt: 4 });
  });

  it('drops the entry of a job that is gone', async () => {
    const jobId = await createJob();
    await dataSource.manager.delete(JobEntity, { jobId });
    expect(await workerThat(async () => 'unused').runOnce(never)).toBe(true);
    expect(await queue.dequeue()).toBeNull();
  });

  it('takes over the job of a worker that fell silent, whose late writes then change nothing', async () => {
    const jobId = await createJob();
    const zombie = await createJobStatusChanges(dataSource.manager, logger).start(jobId);
    if (!zombie) throw new Error('the job could not be started');
    const entry = await queue.dequeue();
    if (!entry) throw new Error('nothing was delivered');
    await queue.release(entry);

    await workerThat(async () => {
      // While the successor runs, the row is as running as the dead worker left it: only the attempt differs.
      const late = createJobStatusChanges(dataSource.manager, logger).complete(zombie, 'zombie_results.json');
      await expect(late).rejects.toMatchObject({ code: 'JOB_STATE_CONFLICT' });
      return 'successor_results.json';
    }).runOnce(never);
    expect(await read(jobId)).toMatchObject({
      status: 'completed',
      attempt: 2,
      outputPath: 'successor_results.json',
    });
  });
});

describe('runForever', () => {
  it('puts the job in hand back when it is told to stop', async () => {
    const jobId = await createJob();
    const stopping = new AbortController();
    const running = workerThat(untilAborted, 1).runForever(stopping.signal);
    await waitFor(
      async () => ((await read(jobId)).status === 'running' ? true : undefined),
      10_000,
      'the job to run',
    );
    stopping.abort(new AppError('WORKER_STOPPED', 'The worker was told to stop.'));
    await running;
    expect(await read(jobId)).toMatchObject({ status: 'pending', errorCode: 'WORKER_STOPPED' });
    expect((await queue.dequeue())?.jobId).toBe(jobId);
  });
});
