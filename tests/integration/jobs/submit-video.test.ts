import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createQuotas } from '../../../src/access/quotas.ts';
import { createJobCreator, type JobCreator } from '../../../src/jobs/create-job.ts';
import { resolveJobRequest, type GivenJobRequest } from '../../../src/jobs/job-request.ts';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { createSubmitVideo } from '../../../src/jobs/submit-video.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { QueueService } from '../../../src/queue/queue-service.ts';
import { UploadEntity } from '../../../src/uploads/upload.entity.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';

const services = useTestServices({ MAX_JOBS_WAITING: '3', MAX_STORED_BYTES: '20000' });
const request = (given: Partial<GivenJobRequest> = {}) =>
  resolveJobRequest({ pipelineId: 'yolo_ocr', ...given });
const file = (bytes: AsyncIterable<Uint8Array> = videoBytes()) => ({ filename: '../../evil.mp4', bytes });
const submit = (given: Partial<GivenJobRequest> = {}, bytes?: AsyncIterable<Uint8Array>, owner = 'ann') =>
  services().submitVideo(owner, request(given), file(bytes));

const rows = () => services().dataSource.manager.count(JobEntity);
const uploadRows = () => services().dataSource.manager.count(UploadEntity);
const files = async () => {
  const root = services().storageRoot;
  return [...(await readdir(root)), ...(await readdir(join(root, 'tmp')))].filter(
    (name) => name !== 'tmp' && name !== '.owner',
  );
};
const expectNothing = async () => {
  expect({ rows: await rows(), uploads: await uploadRows(), files: await files() }).toEqual({
    rows: 0,
    uploads: 0,
    files: [],
  });
  expect(await services().queue.size()).toBe(0);
};

afterEach(async () => {
  const { dataSource, deleteJob, uploads } = services();
  for (const { owner, jobId } of await dataSource.manager.find(JobEntity)) await deleteJob(owner, jobId);
  for (const { uploadId } of await dataSource.manager.find(UploadEntity)) await uploads.remove(uploadId);
  await expectNothing();
});

describe('submitting a video', () => {
  it('writes the file, the row and the queue entry', async () => {
    const job = await submit({ priority: 7, tags: ['a', 'b', 'a'] });
    expect(job).toMatchObject({
      status: 'pending',
      stage: 'queued',
      revision: 1,
      attempt: 0,
      owner: 'ann',
      priority: 7,
      tags: ['a', 'b'],
      sizeBytes: 1024,
      originalFilename: 'evil.mp4',
      inputPath: `${job.jobId}.mp4`,
    });
    expect(job.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await files()).toEqual([`${job.jobId}.mp4`]);
    expect(await uploadRows()).toBe(0);
    expect(await services().queue.dequeue()).toMatchObject({ jobId: job.jobId });
  });

  it('leaves no row, no entry and no file when the entry cannot be written', async () => {
    const { queue, dataSource, uploads, slots, jobs } = services();
    const broken: QueueService = {
      ...queue,
      enqueue: async (jobId, options) => {
        await queue.enqueue(jobId, options);
        throw new Error('the connection was lost');
      },
    };
    const quotas = createQuotas({ maxJobsWaiting: 3, maxStoredBytes: 20_000 });
    const logger = createSilentLogger();
    const creator = createJobCreator({ dataSource, queue: broken, uploads, quotas, logger });
    const submitBroken = createSubmitVideo({ dataSource, uploads, slots, quotas, creator, jobs });
    await expect(submitBroken('ann', request(), file())).rejects.toThrow('connection was lost');
    await expectNothing();
  });

  it('keeps the video of a job that was committed, though the answer to that was lost', async () => {
    const { queue, dataSource, uploads, slots, jobs } = services();
    const quotas = createQuotas({ maxJobsWaiting: 3, maxStoredBytes: 20_000 });
    const creator = createJobCreator({ dataSource, queue, uploads, quotas, logger: createSilentLogger() });
    const forgetful: JobCreator = {
      ...creator,
      create: async (...job) => {
        await creator.create(...job);
        throw new Error('the connection was lost');
      },
    };
    const submitVideo = createSubmitVideo({ dataSource, uploads, slots, quotas, creator: forgetful, jobs });
    const given = request({ idempotencyKey: 'repeated' });
    await expect(submitVideo('ann', given, file())).rejects.toThrow('connection was lost');
    const again = await services().submitVideo('ann', given, file());
    expect(await files()).toEqual([again.inputPath]);
  });

  it('leaves no entry and no file when the row cannot be written', async () => {
    const { dataSource } = services();
    await dataSource.query(`ALTER TABLE jobs ADD CONSTRAINT refuse CHECK (pipeline_id <> 'yolo_ocr')`);
    try {
      await expect(submit()).rejects.toThrow('refuse');
    } finally {
      await dataSource.query('ALTER TABLE jobs DROP CONSTRAINT refuse');
    }
    await expectNothing();
  });

  it('leaves nothing when the client goes away', async () => {
    async function* interrupted() {
      yield* videoBytes();
      throw new Error('the client went away');
    }
    await expect(submit({}, interrupted())).rejects.toThrow('went away');
    await expectNothing();
  });
});

describe('an idempotency key', () => {
  const idempotencyKey = 'once';

  it('returns the same job for the same request, and keeps one file', async () => {
    const first = await submit({ idempotencyKey });
    expect((await submit({ idempotencyKey })).jobId).toBe(first.jobId);
    expect(await files()).toEqual([`${first.jobId}.mp4`]);
    expect(await rows()).toBe(1);
  });

  it('returns the same job when both requests come at once', async () => {
    const both = await Promise.all([submit({ idempotencyKey }), submit({ idempotencyKey })]);
    expect(both[0].jobId).toBe(both[1].jobId);
    expect(await rows()).toBe(1);
    expect(await files()).toHaveLength(1);
  });

  it.each([
    ['another file', {}, 2],
    ['other options', { options: { minConfidence: 0.9 } }, 1],
    ['another priority', { priority: 1 }, 1],
    ['other tags', { tags: ['x'] }, 1],
  ])('is refused for %s', async (_what, given, filling) => {
    await submit({ idempotencyKey });
    await expect(submit({ ...given, idempotencyKey }, videoBytes(1024, filling))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await rows()).toBe(1);
    expect(await files()).toHaveLength(1);
  });

  it('is another one for another owner, and free again after 7 days', async () => {
    const first = await submit({ idempotencyKey });
    expect((await submit({ idempotencyKey }, videoBytes(), 'bob')).jobId).not.toBe(first.jobId);
    const age = (days: number) =>
      services().dataSource.query(
        `UPDATE jobs SET created_at = now() - make_interval(days => $2, mins => -1) WHERE job_id = $1`,
        [first.jobId, days],
      );
    await age(7);
    expect((await submit({ idempotencyKey })).jobId).toBe(first.jobId);
    await age(8);
    expect((await submit({ idempotencyKey })).jobId).not.toBe(first.jobId);
  });

  it('answers a repeated request though the owner is at its limit', async () => {
    const first = await submit({ idempotencyKey });
    await submit();
    await submit();
    await expect(submit()).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect((await submit({ idempotencyKey })).jobId).toBe(first.jobId);
  });
});

describe('an upload that precedes its job', () => {
  const store = (owner = 'ann') => services().uploads.store(owner, 'cam.mp4', videoBytes());
  const submitUpload = (uploadId: string, given: Partial<GivenJobRequest> = {}, owner = 'ann') =>
    services().submitVideo(owner, request(given), { uploadId });

  it('is consumed once, even by two requests at a time, and becomes the job', async () => {
    const { uploadId } = await store();
    const both = await Promise.allSettled([submitUpload(uploadId), submitUpload(uploadId)]);
    expect(both.toSorted((a, b) => (a.status < b.status ? -1 : 1))).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'UPLOAD_NOT_FOUND' } },
    ]);
    await expect(submitUpload(uploadId)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
    expect(await services().jobs.findJob('ann', uploadId)).toMatchObject({ originalFilename: 'cam.mp4' });
    expect(await files()).toEqual([`${uploadId}.mp4`]);
  });

  it('is found again by a repeated request with an idempotency key', async () => {
    const { uploadId } = await store();
    const idempotencyKey = 'upload';
    expect((await submitUpload(uploadId, { idempotencyKey })).jobId).toBe(uploadId);
    expect((await submitUpload(uploadId, { idempotencyKey })).jobId).toBe(uploadId);
    await expect(submitUpload(uploadId, { idempotencyKey, priority: 1 })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('is not found by another owner, nor when it has expired, and then it is removed', async () => {
    const { uploadId } = await store();
    await expect(submitUpload(uploadId, {}, 'bob')).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
    await expect(submitUpload('no uuid')).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
    expect(await services().uploads.removeExpired(new AbortController().signal)).toBe(0);
    await services().dataSource.query(`UPDATE uploads SET expires_at = now() - interval '1 second'`);
    await expect(submitUpload(uploadId)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
    expect(await services().uploads.removeExpired(new AbortController().signal)).toBe(1);
    await expectNothing();
  });
});

describe('quotas', () => {
  it('bound the jobs that wait, exactly, also when many come at once', async () => {
    const five = await Promise.allSettled([1, 2, 3, 4, 5].map(() => submit()));
    const refused = five.filter((one) => one.status === 'rejected');
    expect(refused.map(({ reason }) => reason)).toEqual(
      refused.map(() =>
        expect.objectContaining({ code: 'QUOTA_EXCEEDED', details: { quota: 'jobsWaiting', limit: 3 } }),
      ),
    );
    expect(await rows()).toBe(3);
    expect((await submit({}, videoBytes(), 'bob')).owner).toBe('bob');
  });

  it('bound the bytes stored, of jobs and of waiting uploads together', async () => {
    await services().uploads.store('ann', 'a.mp4', videoBytes(15_000));
    await expect(submit({}, videoBytes(6_000))).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      details: { quota: 'storedBytes', limit: 20_000 },
    });
    expect((await submit({}, videoBytes(5_000))).sizeBytes).toBe(5_000);
  });

  it('bound the uploads that run at once', async () => {
    const { slots } = services();
    const gate = Promise.withResolvers<void>();
    const running = Array.from({ length: 8 }, () => slots.run('ann', () => gate.promise));
    await expect(submit()).rejects.toMatchObject({ details: { quota: 'uploadsAtOnce', limit: 8 } });
    expect((await submit({}, videoBytes(), 'bob')).owner).toBe('bob');
    gate.resolve();
    await Promise.all(running);
    expect((await submit()).owner).toBe('ann');
  });
});
