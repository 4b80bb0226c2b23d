import { readFile } from 'node:fs/promises';
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

const SETTLE_MS = 60_000;
const dataDirectory = temporaryDirectory();
let service: RunningService;

beforeAll(async () => {
  service = await startService({ dataDirectory, worker: true });
});
afterAll(() => service.stop());

const statusShape = z.object({
  status: z.object({
    status: z.string(),
    progress: z.number(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    pollAfterMs: z.number().nullable(),
  }),
});

async function settled(jobId: string) {
  const query =
    'query($id: ID!) { status(jobId: $id) { status progress errorCode errorMessage pollAfterMs } }';
  return waitFor(
    async () => {
      const { status } = statusShape.parse((await service.request(query, { id: jobId })).data);
      return status.pollAfterMs === null ? status : undefined;
    },
    SETTLE_MS,
    'the job to be settled',
  );
}

describe('a submitted video', () => {
  it('is analysed by the worker: people are detected, the caption is read', async () => {
    const answer = await service.submit(await fileAsBlob(TINY_VIDEO), '../../etc/passwd.mp4');
    expect(answer).toMatchObject({
      data: { submitVideo: { status: 'PENDING', progress: 0, originalFilename: 'passwd.mp4' } },
    });
    const jobId = submittedJobId(answer);
    expect(await settled(jobId)).toMatchObject({ status: 'COMPLETED', progress: 1, errorCode: null });

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
    expect(await settled(cut)).toMatchObject({ status: 'FAILED', errorCode: 'INVALID_VIDEO', progress: 1 });
    const next = submittedJobId(await service.submit(new Blob([whole])));
    expect(await settled(next)).toMatchObject({ status: 'COMPLETED' });
  });

  it('fails with UNSUPPORTED_MEDIA when it has sound alone', async () => {
    const jobId = submittedJobId(
      await service.submit(await fileAsBlob(join(import.meta.dirname, '../fixtures/audio-only.mp4'))),
    );
    expect(await settled(jobId)).toMatchObject({ status: 'FAILED', errorCode: 'UNSUPPORTED_MEDIA' });
  });
});
