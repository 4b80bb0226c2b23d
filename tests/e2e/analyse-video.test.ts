import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  fileAsBlob,
  startService,
  TINY_VIDEO,
  type RunningService,
  submittedJobId,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitForSettledJob } from '../helpers/wait-for-settled-job.ts';

const dataDirectory = temporaryDirectory();
let service: RunningService;

beforeAll(async () => {
  service = await startService({ dataDirectory, worker: true });
});
afterAll(() => service.stop());

describe('a submitted video', () => {
  it('is analysed by the worker: people are detected, the caption is read', async () => {
    const answer = await service.submit(await fileAsBlob(TINY_VIDEO), '../../etc/passwd.mp4');
    expect(answer).toMatchObject({
      data: { submitVideo: { status: 'PENDING', progress: 0, originalFilename: 'passwd.mp4' } },
    });
    const jobId = submittedJobId(answer);
    expect(await waitForSettledJob(service, jobId)).toMatchObject({
      status: 'COMPLETED',
      progress: 1,
      errorCode: null,
    });

    const { data } = await service.request(
      `query($id: ID!) { results(jobId: $id) {
        media { width height frameCount durationMs hasAudio }
        models { detection { model backend sha256 } ocr { engine } sampling { sampledFrames } }
        timing { totalMs detectMs ocrMs }
        labels { label trackCount }
        frames(first: 2) { totalCount nodes { frameIndex timestampMs detections { label trackId box { x width } } } pageInfo { hasNextPage } }
        tracks { totalCount nodes { trackId label } }
        textSegments { nodes { text startMs endMs } }
      } }`,
      { id: jobId },
    );
    expect(data?.['results']).toMatchObject({
      media: { width: 640, height: 360, frameCount: 24, hasAudio: false },
      models: { detection: { model: 'ssdlite_mobilenet_v2' }, sampling: { sampledFrames: 3 } },
      labels: expect.arrayContaining([expect.objectContaining({ label: 'person' })]),
      frames: {
        totalCount: 3,
        nodes: [
          { frameIndex: 0, timestampMs: 0 },
          { frameIndex: 8, timestampMs: 1000 },
        ],
        pageInfo: { hasNextPage: true },
      },
      textSegments: { nodes: [{ text: 'HELLO FOREGSYTE 42', startMs: 1000, endMs: 2000 }] },
    });

    const document: unknown = JSON.parse(
      await readFile(join(service.dataDirectory, 'storage', `${jobId}_1_results.json`), 'utf8'),
    );
    expect(document).toMatchObject({
      schemaVersion: 1,
      jobId,
      results: { length: 3 },
      tracks: expect.any(Array),
    });

    const log = await readFile(join(service.dataDirectory, 'worker.log'), 'utf8');
    expect(log).toContain(`job ${jobId}: pending -> running`);
    expect(log).toContain(`job ${jobId}: running -> completed`);
  });

  it('fails with INVALID_VIDEO when it is cut off, and the worker goes on', async () => {
    const whole = await readFile(TINY_VIDEO);
    const cut = submittedJobId(await service.submit(new Blob([whole.subarray(0, 2000)])));
    expect(await waitForSettledJob(service, cut)).toMatchObject({
      status: 'FAILED',
      errorCode: 'INVALID_VIDEO',
      progress: 1,
    });
    const next = submittedJobId(await service.submit(new Blob([whole])));
    expect(await waitForSettledJob(service, next)).toMatchObject({ status: 'COMPLETED' });
  });

  it('fails with UNSUPPORTED_MEDIA when it has sound alone', async () => {
    const jobId = submittedJobId(
      await service.submit(await fileAsBlob(join(import.meta.dirname, '../fixtures/audio-only.mp4'))),
    );
    expect(await waitForSettledJob(service, jobId)).toMatchObject({
      status: 'FAILED',
      errorCode: 'UNSUPPORTED_MEDIA',
    });
  });
});
