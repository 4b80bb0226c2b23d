import { readFileSync, readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { z } from 'zod';
import { type Canary, createFileCanary, createWebCanary } from '../helpers/canary.ts';
import { CORRUPT_FILES, ODD_FILES, type Outcome } from '../helpers/hostile-outcomes.ts';
import { luringFiles } from '../helpers/luring-files.ts';
import { describeWithData, optionalData } from '../helpers/optional-data.ts';
import { isAlive, processesNaming } from '../helpers/process-life.ts';
import { type RunningService, startService, submittedJobId, TINY_VIDEO } from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { decodedFrameTimes } from '../helpers/video-tools.ts';
import { waitForSettledJob } from '../helpers/wait-for-settled-job.ts';

const SETTLE_MS = 180_000;
const SAMPLES_PER_SECOND = 0.5;
const dataDirectory = temporaryDirectory();
let service: RunningService;
let canaries: Canary[];
let workerPid: number;

beforeAll(async () => {
  service = await startService({ dataDirectory, worker: true });
  canaries = [await createFileCanary(canaryFolder, 'canary.mp4'), await createWebCanary()];
  workerPid = (await workerPids())[0] ?? Number.NaN;
});
afterAll(async () => {
  for (const canary of canaries) await canary.close();
  await service.stop();
});
// Removed after the canaries are closed.
const canaryFolder = temporaryDirectory();

/** The workers that have been ready since the service was started. */
async function workerPids(): Promise<number[]> {
  const log = await readFile(join(dataDirectory, 'worker.log'), 'utf8');
  const lines = log.matchAll(/"pid":(\d+).*"name":"worker".*worker ready/g);
  return [...lines].map(([, pid]) => Number(pid));
}

/** The id of the job of a file, or the code with which it was refused. */
async function submit(name: string, bytes: Buffer): Promise<{ jobId: string } | { refused: unknown }> {
  const options = { samplesPerSecond: SAMPLES_PER_SECOND };
  const answer = await service.submit(new Blob([new Uint8Array(bytes)]), name, { options });
  const refusal = answer.errors?.[0]?.extensions['code'];
  return refusal === undefined ? { jobId: submittedJobId(answer) } : { refused: refusal };
}

const resultsShape = z.object({
  results: z.object({
    media: z.object({ width: z.number(), height: z.number(), frameCount: z.number() }),
    warnings: z.array(z.object({ code: z.string() })),
    frames: z.object({ nodes: z.array(z.object({ frameIndex: z.number(), timestampMs: z.number() })) }),
  }),
});
const readResults = async (id: string) => {
  const query = `query($id: ID!) { results(jobId: $id) {
    media { width height frameCount } warnings { code } frames(first: 100) { nodes { frameIndex timestampMs } }
  } }`;
  return resultsShape.parse((await service.request(query, { id })).data).results;
};
/** How the job of a file ended. */
async function outcomeOf(id: string): Promise<Outcome | { failed: unknown } | { warnings: string[] }> {
  const settled = await waitForSettledJob(service, id, { timeoutMs: SETTLE_MS });
  if (settled.status !== 'COMPLETED') return { failed: settled.errorCode };
  const { media, warnings } = await readResults(id);
  return { width: media.width, height: media.height, warnings: warnings.map(({ code }) => code) };
}

/** The frames that sampling must pick: the first at or after each point of a grid from the first frame on. */
function pickFrames(timesMs: readonly number[]): { frameIndex: number; timestampMs: number }[] {
  let lastStep = -1;
  return timesMs.flatMap((timeMs, frameIndex) => {
    const step = Math.floor(((timeMs - (timesMs[0] ?? 0)) / 1000) * SAMPLES_PER_SECOND + 1e-6);
    if (step <= lastStep) return [];
    lastStep = step;
    return [{ frameIndex, timestampMs: Math.round(timeMs) }];
  });
}

describe('files that would lure a decoder away', () => {
  it('are not followed: what they name stays untouched', async () => {
    const tiny = readFileSync(TINY_VIDEO);
    for (const { address } of canaries) {
      for (const [name, bytes] of luringFiles(tiny, address)) {
        const answer = await submit(name, bytes);
        const outcome = 'jobId' in answer ? await outcomeOf(answer.jobId) : answer;
        expect([name, outcome]).toEqual([name, { failed: 'INVALID_VIDEO' }]);
      }
    }
    expect(canaries.map((canary) => canary.wasTouched())).toEqual([false, false]);
  }, 240_000);
});

describeWithData('videos', 'all odd and corrupt files of the optional data', () => {
  it.each([
    ['odd', ODD_FILES],
    ['corrupt', CORRUPT_FILES],
  ])(
    'the %s ones end as they ought to',
    async (folder, files) => {
      const path = (name: string) => join(optionalData('videos', folder), name);
      expect(readdirSync(path('')).toSorted()).toEqual(Object.keys(files).toSorted());
      const answers = new Map<string, Awaited<ReturnType<typeof submit>>>();
      for (const name of Object.keys(files))
        answers.set(name, await submit(name, await readFile(path(name))));
      const outcomes: Record<string, unknown> = {};
      for (const [name, answer] of answers) {
        outcomes[name] = 'jobId' in answer ? await outcomeOf(answer.jobId) : answer;
      }
      expect(outcomes).toEqual(files);

      // A damaged video's frames are told apart from those of ffprobe by what either makes of the damage.
      for (const [name, answer] of folder === 'odd' ? answers : []) {
        const expected = files[name];
        if (!('jobId' in answer) || expected === undefined || !('warnings' in expected)) continue;
        const { media, frames } = await readResults(answer.jobId);
        const times = await decodedFrameTimes(path(name), 0);
        expect([name, media.frameCount, frames.nodes]).toEqual([name, times.length, pickFrames(times)]);
      }
    },
    240_000,
  );
});

it('the worker is still the same, does its work, and has left nothing behind', async () => {
  const answer = await submit('tiny.mp4', readFileSync(TINY_VIDEO));
  if (!('jobId' in answer)) throw new Error('The fixture was refused.');
  expect(await outcomeOf(answer.jobId)).toEqual({ width: 640, height: 360, warnings: [] });

  expect(await workerPids()).toEqual([workerPid]);
  expect(isAlive(workerPid)).toBe(true);
  const client = new Client({ connectionString: service.database.url });
  await client.connect();
  const { rows } = await client.query('SELECT * FROM jobs WHERE crash_count > 0 OR attempt <> 1');
  await client.end();
  expect(rows).toEqual([]);

  expect(await processesNaming(join(dataDirectory, 'storage'))).toEqual([]);
  for (const folder of ['scratch', 'storage/tmp']) {
    const entries = await readdir(join(dataDirectory, folder), { recursive: true, withFileTypes: true });
    expect(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([]);
  }
}, 120_000);
