import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import { GRACE_MS, useSweptStorage } from '../../helpers/swept-storage.ts';
import { videoBytes } from '../../helpers/test-services.ts';

const request = resolveJobRequest({ pipelineId: 'yolo_ocr' });
const { services, sweep, orphanStep, setAge, leave, names, jobIn, noteCheckpoint, outputsOf, sweptBeside } =
  useSweptStorage();

describe('a file without a row', () => {
  it.each([
    ['a video', (id: string) => [`${id}.mp4`], 'orphanedFiles'],
    ['results of an attempt', (id: string) => outputsOf(id, 3), 'orphanedFiles'],
    ['results of an older version', (id: string) => outputsOf(id), 'orphanedFiles'],
    ['a checkpoint', (id: string) => [`${id}_2_checkpoint_17.ndjson`], 'orphanedFiles'],
    ['a part of a resumable upload', (id: string) => [`tmp/${id}.mp4.partial`], 'orphanedParts'],
    ['a save that died', (id: string) => [`tmp/${id}.part`], 'abandonedFiles'],
    ['the upload library’s temporary file', () => ['tmp/capacitor-0123.tmp'], 'abandonedFiles'],
  ])('goes when it is old: %s', async (_what, filesOf, step) => {
    const files = await leave(...filesOf(randomUUID()));
    expect(await sweep()).toMatchObject({ [step]: files.length });
    expect(await names()).toEqual([]);
    expect(await sweep()).toMatchObject({ [step]: 0 });
  });

  it('stays within the grace period, whatever it is: its row may be on its way', async () => {
    const id = randomUUID();
    const files = await leave(
      `${id}.mp4`,
      ...outputsOf(id, 1),
      `${id}_1_checkpoint_0.ndjson`,
      `tmp/${id}.mp4.partial`,
      `tmp/${id}.part`,
    );
    await setAge(files, GRACE_MS - 60_000);
    await sweep();
    expect(await names()).toEqual(files.toSorted());
  });

  it('stays when it is none of ours', async () => {
    const files = await leave('README', `${randomUUID()}.mp4.bak`, 'x_results.json', 'tmp/notes.partial');
    expect(await sweep()).toEqual({
      mendedJobs: 0,
      expiredUploads: 0,
      expiredJobs: 0,
      orphanedFiles: 0,
      orphanedParts: 0,
      abandonedFiles: 0,
    });
    expect(await names()).toEqual(files.toSorted());
  });
});

describe('a file in use', () => {
  it.each(['pending', 'running', 'completed', 'failed', 'canceled'] as const)(
    'stays: the video of a job that is %s',
    async (status) => {
      const jobId = await jobIn(status, 1);
      await sweep();
      expect(await names()).toEqual([`${jobId}.mp4`]);
    },
  );

  it('stays: an upload that waits for its job', async () => {
    const { uploadId } = await services().uploads.store('ann', 'a.mp4', videoBytes());
    await setAge([`${uploadId}.mp4`], 2 * GRACE_MS);
    await sweep();
    expect(await names()).toEqual([`${uploadId}.mp4`]);
  });

  it('stays: a resumable upload half done, and one that has all its bytes but is not completed', async () => {
    const { uploads, storage } = services();
    const announced = { owner: 'ann', filename: 'a.mp4' };
    const half = await uploads.begin({ ...announced, uploadId: randomUUID(), sizeBytes: 5000 });
    await uploads.append(half, 0, videoBytes());
    const whole = await uploads.begin({ ...announced, uploadId: randomUUID(), sizeBytes: 1024 });
    await storage.partials.append(`${whole.uploadId}.mp4`, 0, videoBytes());
    const files = [`tmp/${half.uploadId}.mp4.partial`, `tmp/${whole.uploadId}.mp4.partial`].toSorted();
    await setAge(files, 2 * GRACE_MS);
    await sweep();
    expect(await names()).toEqual(files);
    expect(await uploads.find('ann', half.uploadId)).toMatchObject({ offset: 1024 });
    expect(await uploads.requireComplete('ann', whole.uploadId)).toMatchObject({ sizeBytes: 1024 });
  });

  it('stays: an upload in progress', async () => {
    const { uploads, storage } = services();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    async function* arriving() {
      yield* videoBytes(1024 * 1024);
      begun.resolve();
      await gate.promise;
      yield Buffer.from('the end');
    }
    const storing = uploads.store('ann', 'a.mp4', arriving());
    await begun.promise;
    await sweep();
    gate.resolve();
    const { uploadId } = await storing;
    expect(await storage.size(`${uploadId}.mp4`)).toBe(1024 * 1024 + 7);
  });

  it('stays: an upload that turns into a job while two processes sweep', async () => {
    const uploads = await Promise.all(
      Array.from({ length: 30 }, () => services().uploads.store('ann', 'a.mp4', videoBytes())),
    );
    const files = uploads.map(({ uploadId }) => `${uploadId}.mp4`).toSorted();
    await setAge(files, 2 * GRACE_MS);
    const submitted = new AbortController();
    const sweepAgainAndAgain = async () => {
      const step = orphanStep();
      let removed = 0;
      while (!submitted.signal.aborted) removed += await step.run(new AbortController().signal);
      return removed;
    };
    const sweeping = [sweepAgainAndAgain(), sweepAgainAndAgain()];
    for (const { uploadId } of uploads) await services().submitVideo('ann', request, { uploadId });
    submitted.abort();
    expect(await Promise.all(sweeping)).toEqual([0, 0]);
    expect(await names()).toEqual(files);
  });

  it('stays: the published results of a job, by whatever name', async () => {
    for (const attempt of [undefined, 2]) {
      const name = attempt === undefined ? '{id}_results.json' : `{id}_${attempt}_results.json`;
      const jobId = await jobIn('completed', 2, name);
      const published = await leave(...outputsOf(jobId, attempt));
      await sweep();
      expect(await names()).toEqual(expect.arrayContaining(published));
    }
  });

  it.each(['running', 'pending'] as const)(
    'stays: whatever results there are of a job that is %s',
    async (status) => {
      const jobId = await jobIn(status, 2);
      const files = [...outputsOf(jobId), ...outputsOf(jobId, 1), ...outputsOf(jobId, 2)];
      expect(await sweptBeside(jobId, files)).toEqual(files.toSorted());
    },
  );

  it('stays: checkpoints that are noted, and those of the attempt that runs, which may be noted any time', async () => {
    const jobId = await jobIn('running', 2);
    const [noted, current] = [`${jobId}_1_checkpoint_0.ndjson`, `${jobId}_2_checkpoint_1.ndjson`];
    await noteCheckpoint(jobId, 0, noted);
    expect(await sweptBeside(jobId, [noted, current])).toEqual([noted, current]);
  });
});

describe('what an attempt left', () => {
  it('goes when the job was completed by another', async () => {
    const jobId = await jobIn('completed', 3, '{id}_3_results.json');
    const published = outputsOf(jobId, 3);
    const checkpoint = `${jobId}_3_checkpoint_0.ndjson`;
    await noteCheckpoint(jobId, 0, checkpoint);
    const left = [...published, ...outputsOf(jobId), ...outputsOf(jobId, 1), checkpoint];
    expect(await sweptBeside(jobId, left)).toEqual(published.toSorted());
  });

  it.each(['failed', 'canceled'] as const)('goes when the job is %s', async (status) => {
    const jobId = await jobIn(status, 1);
    const noted = `${jobId}_1_checkpoint_0.ndjson`;
    await noteCheckpoint(jobId, 0, noted);
    // A retried job of an older version would write under this name again, and goes on from the checkpoint.
    const kept = [...outputsOf(jobId), noted];
    const left = [...kept, ...outputsOf(jobId, 1), `${jobId}_1_checkpoint_1.ndjson`];
    expect(await sweptBeside(jobId, left)).toEqual(kept.toSorted());
  });

  it.each(['pending', 'running'] as const)(
    'goes, if it is a checkpoint that was never noted, of a job that is %s',
    async (status) => {
      const jobId = await jobIn(status, 2);
      expect(await sweptBeside(jobId, [`${jobId}_1_checkpoint_0.ndjson`])).toEqual([]);
    },
  );
});
