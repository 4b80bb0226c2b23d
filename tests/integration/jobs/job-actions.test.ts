import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createJobStatusChanges } from '../../../src/jobs/job-status.ts';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import { JobEntity, type JobStatus } from '../../../src/jobs/job.entity.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { resultsIndexKey, resultsKey } from '../../../src/results/results-keys.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';

const services = useTestServices();
const request = resolveJobRequest({ pipelineId: 'yolo_ocr' });
const submit = async () =>
  (await services().submitVideo('ann', request, { filename: 'a.mp4', bytes: videoBytes() })).jobId;
const changes = () => createJobStatusChanges(services().dataSource.manager, createSilentLogger());
const error = { code: 'INVALID_VIDEO', message: 'It is damaged.' } as const;

/** A job of ann's in that status, brought there as the product does. */
async function jobIn(status: JobStatus): Promise<string> {
  const jobId = await submit();
  if (status === 'pending') return jobId;
  if (status === 'canceled') {
    await services().cancelJob('ann', jobId);
    return jobId;
  }
  const running = await changes().start(jobId);
  if (!running) throw new Error('the job could not be started');
  if (status === 'completed') await changes().complete(running, resultsKey(jobId, 1));
  if (status === 'failed') await changes().fail(running, error);
  return jobId;
}

afterEach(async () => {
  const { dataSource, deleteJob } = services();
  for (const { owner, jobId } of await dataSource.manager.find(JobEntity)) await deleteJob(owner, jobId);
  expect(await services().queue.size()).toBe(0);
});

describe('cancelJob', () => {
  it('takes a pending job out of the queue', async () => {
    const jobId = await jobIn('pending');
    expect(await services().cancelJob('ann', jobId)).toMatchObject({
      status: 'canceled',
      stage: 'settled',
      revision: 2,
      finishedAt: expect.any(Date),
    });
    expect(await services().queue.dequeue()).toBeNull();
  });

  it('takes a running job away from its worker, whose writes then fail', async () => {
    const jobId = await submit();
    const running = await changes().start(jobId);
    if (!running) throw new Error('the job could not be started');
    expect(await changes().isRunning(running)).toBe(true);
    expect(await services().cancelJob('ann', jobId)).toMatchObject({ status: 'canceled' });
    expect(await changes().isRunning(running)).toBe(false);
    await expect(changes().complete(running, 'x_results.json')).rejects.toMatchObject({
      code: 'JOB_STATE_CONFLICT',
    });
  });

  it.each(['completed', 'failed', 'canceled'] as const)('refuses a job that is %s', async (status) => {
    const jobId = await jobIn(status);
    await expect(services().cancelJob('ann', jobId)).rejects.toMatchObject({
      code: 'JOB_NOT_CANCELABLE',
      details: { status: status.toUpperCase() },
    });
  });
});

describe('retryJob', () => {
  it.each(['failed', 'canceled'] as const)(
    'queues a job that is %s again, as if it were new',
    async (status) => {
      const jobId = await jobIn(status);
      const before = await services().jobs.findJob('ann', jobId);
      const again = await services().retryJob('ann', jobId);
      expect(again).toMatchObject({
        status: 'pending',
        stage: 'queued',
        errorCode: null,
        errorMessage: null,
        startedAt: null,
        finishedAt: null,
        attempt: before.attempt,
        createdAt: before.createdAt,
        queuePosition: 1,
      });
      expect(again.revision).toBe(before.revision + 1);
      expect((await services().queue.dequeue())?.jobId).toBe(jobId);
      const row = await services().dataSource.manager.findOneByOrFail(JobEntity, { jobId });
      expect(row).toMatchObject({ failureCount: 0, crashCount: 0 });
    },
  );

  it('queues it behind those that wait already', async () => {
    const jobId = await jobIn('failed');
    const other = await submit();
    expect(await services().retryJob('ann', jobId)).toMatchObject({ queuePosition: 2 });
    expect((await services().queue.dequeue())?.jobId).toBe(other);
  });

  it.each(['pending', 'running', 'completed'] as const)('refuses a job that is %s', async (status) => {
    const jobId = await jobIn(status);
    await expect(services().retryJob('ann', jobId)).rejects.toMatchObject({
      code: 'JOB_NOT_RETRYABLE',
      details: { status: status.toUpperCase() },
    });
    expect(await services().jobs.findJob('ann', jobId)).toMatchObject({ status });
  });
});

describe('deleteJob', () => {
  it.each(['pending', 'running', 'completed', 'failed', 'canceled'] as const)(
    'removes a job that is %s: row, queue entry, video and results',
    async (status) => {
      const jobId = await jobIn(status);
      const { storage, deleteJob, jobs, queue } = services();
      // Only a completed job has results that its row names.
      const results = resultsKey(jobId, 1);
      const published = status === 'completed' ? [results, resultsIndexKey(results)] : [];
      for (const key of published) await storage.save(key, videoBytes());
      const files = [`${jobId}.mp4`, ...published];
      await deleteJob('ann', jobId);
      await expect(jobs.findJob('ann', jobId)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      expect(await Promise.all(files.map((key) => storage.exists(key)))).not.toContain(true);
      expect(await queue.dequeue()).toBeNull();
      expect(await services().dataSource.query('SELECT id FROM pgboss.job WHERE id = $1', [jobId])).toEqual(
        [],
      );
    },
  );
});

describe("another owner's job", () => {
  it.each(['cancelJob', 'retryJob', 'deleteJob'] as const)(
    'is unknown to %s, and stays as it is',
    async (action) => {
      const jobId = await jobIn(action === 'retryJob' ? 'failed' : 'pending');
      const before = await services().jobs.findJob('ann', jobId);
      await expect(services()[action]('bob', jobId)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      await expect(services()[action]('ann', randomUUID())).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      expect(await services().jobs.findJob('ann', jobId)).toEqual(before);
      expect(await services().storage.exists(before.inputPath)).toBe(true);
    },
  );
});

describe('the revision', () => {
  it('grows with every change of the row', async () => {
    const jobId = await submit();
    const revisions: number[] = [];
    const note = async () => revisions.push((await services().jobs.findStatus('ann', jobId)).revision);
    await note();
    const running = await changes().start(jobId);
    if (!running) throw new Error('the job could not be started');
    await note();
    await changes().describeMedia(running, {
      container: 'mp4',
      videoCodec: 'h264',
      width: 1,
      height: 1,
      durationMs: 1,
      framesPerSecond: 1,
      frameCount: 1,
      hasAudio: false,
    });
    expect(await services().jobs.findStatus('ann', jobId)).toMatchObject({ stage: 'analysing' });
    await note();
    await changes().beginStoring(running);
    expect(await services().jobs.findStatus('ann', jobId)).toMatchObject({ stage: 'storing' });
    await note();
    await changes().complete(running, resultsKey(jobId, 1));
    await note();
    expect(revisions).toEqual([1, 2, 3, 4, 5]);
  });
});
