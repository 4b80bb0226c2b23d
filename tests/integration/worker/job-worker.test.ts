import { afterEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.ts';
import { createJobStatusChanges } from '../../../src/jobs/job-status.ts';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { resultsIndexKey, resultsKey } from '../../../src/results/results-keys.ts';
import type { RunAttempt } from '../../../worker/run-attempt.ts';
import {
  insertJob,
  jobLoop,
  readJob,
  removeAllJobs,
  takerOf,
  untilAborted,
  type LoopOptions,
} from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const never = new AbortController().signal;
const services = useTestServices();
const createJob = () => insertJob(services());
const read = (jobId: string) => readJob(services(), jobId);
const workerThat = (runAttempt: RunAttempt, options?: LoopOptions) =>
  jobLoop(services(), runAttempt, options);
const unused: RunAttempt = async () => 'unused';
const diskTrouble: RunAttempt = () => Promise.reject(new AppError('STORAGE_FAILED', 'The disk is broken.'));

afterEach(() => removeAllJobs(services()));

/** Writes results of the attempt as a real one would, which a test may find gone. */
const storeOutput = async (jobId: string, attempt: number): Promise<string> => {
  const key = resultsKey(jobId, attempt);
  for (const file of [key, resultsIndexKey(key)]) {
    await services().storage.save(
      file,
      (async function* () {
        yield Buffer.from('{}');
      })(),
    );
  }
  return key;
};

describe('runOnce', () => {
  it('answers false when no job waits', async () => {
    expect(await workerThat(unused).runOnce(never)).toBe(false);
  });

  it('takes no job while it is not ready', async () => {
    const jobId = await createJob();
    const assertReady = () => Promise.reject(new AppError('STORAGE_FULL', 'The disk is full.'));
    await expect(workerThat(unused, { assertReady }).runOnce(never)).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    });
    expect(await read(jobId)).toMatchObject({ status: 'pending', attempt: 0 });
  });

  it('completes a job', async () => {
    const jobId = await createJob();
    const done = await workerThat(async (job) => {
      expect(await read(jobId)).toMatchObject({ status: 'running', attempt: 1 });
      return resultsKey(job.jobId, job.attempt);
    }).runOnce(never);
    expect(done).toBe(true);
    expect(await read(jobId)).toMatchObject({ status: 'completed', outputPath: resultsKey(jobId, 1) });
    expect(await services().queue.dequeue()).toBeNull();
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
    expect(await services().queue.deadLetters(10)).toEqual([]);
  });

  it('shows nothing of an error that nobody foresaw', async () => {
    const jobId = await createJob();
    await workerThat(() => Promise.reject(new Error('secret at /etc/secret'))).runOnce(never);
    const job = await read(jobId);
    expect(job).toMatchObject({ status: 'failed', errorCode: 'INTERNAL_SERVER_ERROR' });
    expect(job.errorMessage).not.toContain('secret');
  });

  it('tries again what may succeed later, as often as allowed, and then makes it a dead letter', async () => {
    const jobId = await createJob();
    const worker = workerThat(diskTrouble, { policy: { maxAttempts: 2 } });
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'pending', attempt: 1, errorCode: 'STORAGE_FAILED' });
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'failed', attempt: 2, failureCount: 2 });
    expect(await worker.runOnce(never)).toBe(false);
    expect(await services().queue.deadLetters(10)).toEqual([jobId]);
  });

  it('waits before it tries again', async () => {
    const jobId = await createJob();
    // Longer than it takes to look at the job twice on a machine that is busy.
    const policy = { delayMs: 2000, maxDelayMs: 2000 };
    await workerThat(diskTrouble, { policy }).runOnce(never);
    const { retryAt } = await read(jobId);
    expect(await services().jobs.findStatus('local', jobId)).toMatchObject({ retryAt });
    expect(await workerThat(unused).runOnce(never)).toBe(false);
    const worker = workerThat(unused);
    await waitFor(
      async () => ((await worker.runOnce(never)) ? true : undefined),
      10_000,
      'the second attempt',
    );
    const { startedAt } = await read(jobId);
    expect(startedAt?.getTime()).toBeGreaterThanOrEqual(retryAt?.getTime() ?? Infinity);
  });

  it('never gives up for want of room', async () => {
    const jobId = await createJob();
    const worker = workerThat(() => Promise.reject(new AppError('STORAGE_FULL', 'The disk is full.')));
    for (let time = 0; time < 5; time += 1) expect(await worker.runOnce(never)).toBe(true);
    expect(await read(jobId)).toMatchObject({ status: 'pending', attempt: 5, failureCount: 0 });
  });

  it('ends an attempt that takes too long', async () => {
    const jobId = await createJob();
    await workerThat(untilAborted, { maxJobSeconds: 0.1 }).runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'failed', errorCode: 'JOB_TIMED_OUT' });
  });

  it.each([
    ['canceled', "UPDATE jobs SET status = 'canceled' WHERE job_id = $1"],
    ['deleted', 'DELETE FROM jobs WHERE job_id = $1'],
    ['taken over', 'UPDATE jobs SET attempt = attempt + 1 WHERE job_id = $1'],
  ])('ends an attempt whose job was %s meanwhile, and leaves nothing of its output', async (_what, sql) => {
    const jobId = await createJob();
    const key = resultsKey(jobId, 1);
    await workerThat(async (job, watch) => {
      await storeOutput(job.jobId, job.attempt);
      await services().dataSource.query(sql, [jobId]);
      // Nothing but the signal ends it.
      return untilAborted(job, watch);
    }).runOnce(never);
    expect(await services().storage.exists(key)).toBe(false);
    expect(await services().storage.exists(resultsIndexKey(key))).toBe(false);
  });

  it('knows its own results again when it cannot tell whether they were published', async () => {
    const jobId = await createJob();
    await workerThat(async (job) => {
      const key = await storeOutput(job.jobId, job.attempt);
      // As if a first commit had succeeded whose answer was lost.
      await createJobStatusChanges(services().dataSource.manager, createSilentLogger()).complete(job, key);
      return key;
    }).runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'completed', outputPath: resultsKey(jobId, 1) });
    expect(await services().storage.exists(resultsKey(jobId, 1))).toBe(true);
  });

  it('allows all attempts anew after a retry', async () => {
    const jobId = await createJob();
    const worker = workerThat(diskTrouble, { policy: { maxAttempts: 2 } });
    await worker.runOnce(never);
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'failed', attempt: 2 });
    await services().retryJob('local', jobId);
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'pending', attempt: 3 });
    await worker.runOnce(never);
    expect(await read(jobId)).toMatchObject({ status: 'failed', attempt: 4 });
  });

  it('drops the entry of a job that is gone', async () => {
    const jobId = await createJob();
    await services().dataSource.manager.delete(JobEntity, { jobId });
    expect(await workerThat(unused).runOnce(never)).toBe(false);
    expect(await services().queue.dequeue()).toBeNull();
  });

  it('takes over the job of a worker that fell silent, whose late writes then change nothing', async () => {
    const jobId = await createJob();
    const zombie = await takerOf(services())();
    if (!zombie) throw new Error('nothing was taken');
    await services().queue.release(zombie.entry);

    await workerThat(async (job) => {
      // While the successor runs, the row is as running as the dead worker left it: only the attempt differs.
      const changes = createJobStatusChanges(services().dataSource.manager, createSilentLogger());
      const late = changes.complete(zombie.job, resultsKey(jobId, 1));
      await expect(late).rejects.toMatchObject({ code: 'JOB_STATE_CONFLICT' });
      return resultsKey(job.jobId, job.attempt);
    }).runOnce(never);
    expect(await read(jobId)).toMatchObject({
      status: 'completed',
      attempt: 2,
      crashCount: 1,
      outputPath: resultsKey(jobId, 2),
    });
  });

  it('fails a job that has ended its worker twice, and makes it a dead letter', async () => {
    const [jobId, next] = [await createJob(), await createJob()];
    for (let time = 0; time < 2; time += 1) {
      const taken = await takerOf(services())();
      if (!taken) throw new Error('nothing was taken');
      expect(taken.job.jobId).toBe(jobId);
      await services().queue.release(taken.entry);
    }
    const taken = await takerOf(services())();
    expect(taken?.job.jobId).toBe(next);
    expect(await read(jobId)).toMatchObject({ status: 'failed', errorCode: 'WORKER_CRASHED', attempt: 2 });
    expect(await services().queue.deadLetters(10)).toEqual([jobId]);
  });
});
