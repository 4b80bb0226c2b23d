import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { AppError } from '../../../src/errors.ts';
import { listCheckpoints } from '../../../src/jobs/job-checkpoints.ts';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import type { TakenJob } from '../../../src/jobs/take-job.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createRunAttempt, type RunAttempt } from '../../../worker/run-attempt.ts';
import { COUNTED_MEDIA, countingPipeline, type CountingPipeline } from '../../helpers/counting-pipeline.ts';
import { framesUpTo } from '../../helpers/frame-data.ts';
import { gather } from '../../helpers/gather.ts';
import { insertJob, jobLoop, readJob, removeAllJobs, takerOf } from '../../helpers/job-loop.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';
import { unobserved } from '../../helpers/unobserved.ts';

const never = new AbortController().signal;
const services = useTestServices();
const diskTrouble = () => new AppError('STORAGE_FAILED', 'The disk is broken.');
const damaged = () => new AppError('INVALID_VIDEO', 'The video is damaged.');

afterEach(async () => {
  const { storage } = services();
  await removeAllJobs(services());
  for await (const { key } of storage.list()) await storage.delete(key);
});

/** A pending job whose video lies in storage. */
const createJob = async () => {
  const jobId = await insertJob(services());
  await services().storage.save(`${jobId}.mp4`, videoBytes());
  return jobId;
};
/** Fails in each run before the frame that is named for it. */
const failing = (before: readonly number[], makeError: () => Error): CountingPipeline =>
  countingPipeline(async (index, run) => {
    if (before[run - 1] === index) throw makeError();
  });
const runnerOf = ({ pipeline }: CountingPipeline, checkpointMs: number): RunAttempt =>
  createRunAttempt({
    manager: services().dataSource.manager,
    storage: services().storage,
    pipelines: { yolo_ocr: pipeline },
    checkpointMs,
    persist: (write) => write(),
    observer: unobserved,
    logger: createSilentLogger(),
  });
const NEVER_DUE = 3_600_000;
/** Runs the job until it is settled, and resolves to its row. */
const runToItsEnd = async (counting: CountingPipeline, jobId: string, checkpointMs = NEVER_DUE) => {
  const worker = jobLoop(services(), runnerOf(counting, checkpointMs), { policy: { maxAttempts: 10 } });
  while (await worker.runOnce(never));
  return readJob(services(), jobId);
};
const take = async (): Promise<TakenJob> => {
  const taken = await takerOf(services())();
  if (!taken) throw new Error('nothing was taken');
  return taken;
};
const watch = { signal: never, onMedia() {} };
const noted = (jobId: string) => listCheckpoints(services().dataSource.manager, jobId);
const files = async () => (await gather(services().storage.list())).map(({ key }) => key).toSorted();

const documentSchema = z.looseObject({
  jobId: z.uuid(),
  results: z.array(z.unknown()),
  timing: z.looseObject({ detectMs: z.number() }),
});
const readDocument = async ({ outputPath }: JobEntity) =>
  documentSchema.parse(JSON.parse(await text(await services().storage.open(outputPath ?? ''))));
/** All of a document but what must differ between two jobs. */
const comparable = async (job: JobEntity) => {
  const { jobId: _, timing, ...rest } = await readDocument(job);
  return { ...rest, detectMs: timing.detectMs };
};

describe('an attempt that is interrupted by what another may mend', () => {
  it('leaves what was done to the next, and both together make the document of one', async () => {
    const whole = await runToItsEnd(failing([], diskTrouble), await createJob());
    const uninterrupted = await comparable(whole);
    expect(uninterrupted).toMatchObject({
      results: framesUpTo(10),
      warnings: [{ code: 'VIDEO_DAMAGED' }, { code: 'VIDEO_TRUNCATED' }],
      detectMs: 10,
    });

    const counting = failing([5, 5, 9], diskTrouble);
    const job = await runToItsEnd(counting, await createJob());
    expect(job).toMatchObject({ status: 'completed', attempt: 4, failureCount: 3, errorCode: null });
    expect(counting.runs).toEqual([[0, 1, 2, 3, 4], [], [5, 6, 7, 8], [9]]);
    expect(await comparable(job)).toEqual(uninterrupted);
  });

  it('goes on from the last checkpoint after a crash, in which nothing more could be put aside', async () => {
    const crash = Promise.withResolvers<never>();
    const reached = Promise.withResolvers<void>();
    const counting = countingPipeline(async (index, run) => {
      if (run > 1 || index < 6) return;
      reached.resolve();
      await crash.promise;
    });
    const jobId = await createJob();
    const { job, entry } = await take();
    const dead = runnerOf(counting, 0)(job, watch);
    await reached.promise;
    await services().queue.release(entry);
    expect(await runToItsEnd(counting, jobId, 0)).toMatchObject({
      status: 'completed',
      attempt: 2,
      crashCount: 1,
    });
    expect(counting.runs).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9],
    ]);
    // The worker was not dead after all, and finds out.
    crash.reject(diskTrouble());
    await expect(dead).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect((await comparable(await readJob(services(), jobId))).results).toEqual(framesUpTo(10));
  });

  it('leaves nothing to one whose pipeline runs by other engines: that begins anew', async () => {
    const onFrame = async (index: number, run: number) => {
      if (run === 1 && index === 5) throw diskTrouble();
    };
    const counting = countingPipeline(onFrame, (run) => `engines of run ${run}`);
    expect(await runToItsEnd(counting, await createJob())).toMatchObject({ status: 'completed', attempt: 2 });
    expect(counting.runs).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ]);
  });

  it('leaves nothing behind but the video, the results and their index', async () => {
    const job = await runToItsEnd(failing([3, 6], diskTrouble), await createJob());
    const { jobId } = job;
    expect(await files()).toEqual(
      [`${jobId}.mp4`, `${jobId}_3_results.index`, `${jobId}_3_results.json`].toSorted(),
    );
    expect(await noted(jobId)).toEqual([]);
  });

  it('is told of by the failure itself, even when nothing can be put aside any more', async () => {
    const jobId = await createJob();
    const counting = countingPipeline(async (index) => {
      if (index < 4) return;
      await services().cancelJob('local', jobId);
      throw diskTrouble();
    });
    const { job } = await take();
    await expect(runnerOf(counting, NEVER_DUE)(job, watch)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await files()).toEqual([`${jobId}.mp4`]);
  });
});

describe('an attempt that nothing can mend', () => {
  it.each([
    ['the video', damaged],
    ['what nobody foresaw', () => new Error('unforeseen')],
  ])('puts nothing aside when it fails because of %s', async (_what, makeError) => {
    const jobId = await createJob();
    const { job } = await take();
    const counting = failing([5], makeError);
    await expect(runnerOf(counting, NEVER_DUE)(job, watch)).rejects.toThrow(makeError().message);
    expect([await noted(jobId), await files()]).toEqual([[], [`${jobId}.mp4`]]);
  });

  it('fails the job, and what earlier attempts put aside goes', async () => {
    const jobId = await createJob();
    const counting = countingPipeline(async (index, run) => {
      if (index === 5) throw run === 1 ? diskTrouble() : damaged();
    });
    expect(await runToItsEnd(counting, jobId)).toMatchObject({
      status: 'failed',
      attempt: 2,
      errorCode: 'INVALID_VIDEO',
      outputPath: null,
    });
    expect([await noted(jobId), await files()]).toEqual([[], [`${jobId}.mp4`]]);
  });
});

it('notes what was probed, and tells of it, before the first frame', async () => {
  const jobId = await createJob();
  const { job } = await take();
  const told: unknown[] = [];
  const counting = countingPipeline(async () => {
    expect(await readJob(services(), jobId)).toMatchObject({ stage: 'analysing', media: COUNTED_MEDIA });
    expect(told).toEqual([COUNTED_MEDIA]);
  });
  await runnerOf(counting, NEVER_DUE)(job, { signal: never, onMedia: (media) => told.push(media) });
  expect(await readJob(services(), jobId)).toMatchObject({ status: 'running', stage: 'storing' });
});

it('writes no results when it was ended after the last frame, and puts all frames aside', async () => {
  const jobId = await createJob();
  const { job } = await take();
  const ending = new AbortController();
  const counting = countingPipeline(async (index) => {
    if (index === 9) ending.abort(new AppError('WORKER_STOPPED', 'The worker was told to stop.'));
  });
  const attempt = runnerOf(counting, NEVER_DUE)(job, { ...watch, signal: ending.signal });
  await expect(attempt).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
  expect((await files()).filter((key) => key.includes('results'))).toEqual([]);
  expect((await readJob(services(), jobId)).stage).toBe('analysing');
  expect((await noted(jobId)).map(({ frameCount }) => frameCount)).toEqual([10]);
});
