import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  fileAsBlob,
  startService,
  TINY_VIDEO,
  type RunningService,
  submittedJobId,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { waitForSettledJob } from '../helpers/wait-for-settled-job.ts';

const SETTLE_MS = 60_000;
const dataDirectory = temporaryDirectory();
let service: RunningService;

beforeAll(async () => {
  service = await startService({ dataDirectory, worker: true });
});
afterAll(() => service.stop());

const submit = async (file: Blob, query = '?pipeline_id=yolo_ocr', field = 'file') => {
  const form = new FormData();
  form.set('comment', 'a field that is not asked for');
  form.set(field, file, 'a.mp4');
  const response = await service.fetch(`/video/submit${query}`, { method: 'POST', body: form });
  return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
};
const get = async (path: string) => {
  const response = await service.fetch(path);
  return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
};
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('the plain routes', () => {
  it('submit a video, tell its status and give its results', async () => {
    const submitted = await submit(await fileAsBlob(TINY_VIDEO));
    expect(submitted).toEqual({ status: 200, body: { job_id: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    const jobId = String(submitted.body['job_id']);

    const early = await get(`/video/results/${jobId}`);
    expect(early).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_COMPLETED', detail: expect.any(String) },
    });

    const seen: unknown[] = [];
    const settled = await waitFor(
      async () => {
        const { status, body } = await get(`/video/status/${jobId}`);
        expect(status).toBe(200);
        expect(body).toEqual({
          job_id: jobId,
          status: expect.stringMatching(/^(pending|running|completed)$/),
          progress: expect.any(Number),
          created_at: isoTime,
          updated_at: isoTime,
        });
        seen.push([body['status'], body['progress']]);
        return body['status'] === 'completed' ? body : undefined;
      },
      SETTLE_MS,
      'the job to be completed',
    );
    expect(settled['progress']).toBe(1);
    // Whatever was seen on the way had the progress of its status.
    for (const step of seen) {
      expect([
        ['pending', 0],
        ['running', 0.5],
        ['completed', 1],
      ]).toContainEqual(step);
    }

    const results = await get(`/video/results/${jobId}`);
    expect(results).toMatchObject({
      status: 200,
      body: { job_id: jobId, created_at: settled['created_at'], updated_at: settled['updated_at'] },
    });
    expect(Object.keys(results.body)).toEqual(['job_id', 'results', 'created_at', 'updated_at']);
    const document = z
      .object({ results: z.array(z.unknown()) })
      .parse(JSON.parse(await readFile(join(dataDirectory, 'storage', `${jobId}_1_results.json`), 'utf8')));
    expect(results.body['results']).toEqual(document.results);
    expect(document.results).toHaveLength(3);
  });

  it.each([
    ['what is no video', () => new Blob(['no video']), '', 'file', 'INVALID_VIDEO'],
    ['an unknown pipeline', () => fileAsBlob(TINY_VIDEO), '?pipeline_id=nope', 'file', 'UNKNOWN_PIPELINE'],
    [
      'a pipeline given twice',
      () => fileAsBlob(TINY_VIDEO),
      '?pipeline_id=yolo_ocr&pipeline_id=x',
      'file',
      'UNKNOWN_PIPELINE',
    ],
    ['another field', () => fileAsBlob(TINY_VIDEO), '', 'video', 'INVALID_ARGUMENT'],
  ])('refuse %s with 400 and a detail', async (_what, file, query, field, code) => {
    expect(await submit(await file(), query, field)).toMatchObject({
      status: 400,
      body: { code, detail: expect.stringMatching(/\.$/) },
    });
  });

  it('refuse a submission that is no form', async () => {
    const response = await service.fetch('/video/submit', { method: 'POST', body: 'x' });
    expect(response.status).toBe(400);
  });

  it.each(['status', 'results'])('answer 404 for the %s of an unknown job', async (what) => {
    expect(await get(`/video/${what}/${randomUUID()}`)).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_FOUND', detail: expect.any(String) },
    });
  });
});

const jobShape = z.object({ id: z.string(), status: z.string(), stage: z.string(), revision: z.number() });
const statusOf = async (id: string) => {
  const answer = await service.request(
    'query($id: ID!) { status(jobId: $id) { id status stage revision } }',
    { id },
  );
  return z.object({ status: jobShape }).parse(answer.data).status;
};
/** Submits the video with so many samples that its job runs for a while, and waits until it does. */
async function runningJob(): Promise<string> {
  const answer = await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', {
    options: { samplesPerSecond: 60 },
  });
  const id = submittedJobId(answer);
  await waitFor(
    async () => ((await statusOf(id)).stage === 'ANALYSING' ? true : undefined),
    SETTLE_MS,
    'the job to run',
  );
  return id;
}
const untilLogged = (text: string) =>
  waitFor(
    async () =>
      (await readFile(join(dataDirectory, 'worker.log'), 'utf8')).includes(text) ? true : undefined,
    SETTLE_MS,
    `the worker to log: ${text}`,
  );
const filesOf = async (jobId: string) =>
  (await readdir(join(dataDirectory, 'storage'))).filter((name) => name.startsWith(jobId));

describe('a running job', () => {
  it('that is canceled stops at once, leaves no results, and can be tried again to the end', async () => {
    const id = await runningJob();
    const canceled = await service.request(
      'mutation($id: ID!) { cancelJob(jobId: $id) { status stage progress finishedAt pollAfterMs } }',
      { id },
    );
    expect(canceled.data).toEqual({
      cancelJob: {
        status: 'CANCELED',
        stage: 'SETTLED',
        progress: 1,
        finishedAt: isoTime,
        pollAfterMs: null,
      },
    });
    await untilLogged('gave up a job that is no longer ours');
    expect(await statusOf(id)).toMatchObject({ status: 'CANCELED' });
    expect(await filesOf(id)).toEqual([`${id}.mp4`]);

    const again = await service.request('mutation($id: ID!) { retryJob(jobId: $id) { status } }', { id });
    expect(again.data).toEqual({ retryJob: { status: 'PENDING' } });
    expect(await waitForSettledJob(service, id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('that is deleted is gone with its files, and the worker goes on with the next', async () => {
    const id = await runningJob();
    await service.request('mutation($id: ID!) { deleteJob(jobId: $id) }', { id });
    const next = await submit(await fileAsBlob(TINY_VIDEO));
    const nextId = String(next.body['job_id']);
    expect(await waitForSettledJob(service, nextId)).toMatchObject({ status: 'COMPLETED' });
    expect(await filesOf(id)).toEqual([]);
  });
});
