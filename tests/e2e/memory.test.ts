import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { projectRoot } from '../../src/config.ts';
import { loopVideo } from '../helpers/loop-video.ts';
import {
  fileAsBlob,
  startService,
  submittedJobId,
  TINY_VIDEO,
  type RunningService,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

/** The first jobs fill caches and pools, which stay. */
const WARM_UP_JOBS = 15;
/**
 * Garbage is collected all the time, and the worker has one thread of each kind, so that all jobs meet in the same heaps: what
 * is left differs by five percent. A leak of one and a half megabytes a job makes more than this.
 */
const TOLERANCE = 1.12;
const JOBS = Number(process.env['MEMORY_JOBS'] ?? 60);
const MIB = 1024 ** 2;
const dataDirectory = temporaryDirectory();
let service: RunningService;
let workerPid: number;

beforeAll(async () => {
  service = await startService({
    dataDirectory,
    worker: true,
    environment: {
      LOG_LEVEL: 'trace',
      WORKER_POLL_MS: '20',
      MAX_JOBS_WAITING: '1000',
      NODE_OPTIONS: `--require=${join(projectRoot, 'tests/helpers/collect-garbage.cjs')}`,
    },
  });
  const log = await workerLog();
  workerPid = Number(/"pid":(\d+).*"name":"worker".*worker ready/.exec(log)?.[1]);
});
afterAll(() => service.stop());

const workerLog = () => readFile(join(dataDirectory, 'worker.log'), 'utf8');
const listShape = z.object({ jobs: z.object({ totalCount: z.number() }) });

/** Resident memory of the worker in bytes. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${workerPid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function completedJobs(): Promise<number> {
  const { data, errors } = await service.request('{ jobs(filter: { status: COMPLETED }) { totalCount } }');
  expect(errors).toBeUndefined();
  return listShape.parse(data).jobs.totalCount;
}

/** Waits until so many jobs are completed; resolves to the most memory that was seen meanwhile. */
async function peakUntil(count: number, timeoutMs: number): Promise<number> {
  let peak = 0;
  const look = async () => {
    peak = Math.max(peak, await residentBytes());
    return (await completedJobs()) >= count ? true : undefined;
  };
  await waitFor(look, timeoutMs, `${count} jobs to be completed`);
  return peak;
}

const submit = async (path: string) =>
  submittedJobId(
    await service.submit(await fileAsBlob(path), 'a.mp4', {
      options: { samplesPerSecond: path === TINY_VIDEO ? 0.3 : 0.25 },
    }),
  );

it(`takes no more memory after ${JOBS} jobs than after ${WARM_UP_JOBS}, and keeps no tensor`, async () => {
  for (let nth = 0; nth < JOBS; nth += 1) await submit(TINY_VIDEO);
  await peakUntil(WARM_UP_JOBS, 120_000);
  // One moment says little: the most of some jobs is compared with the most of others.
  const early = await peakUntil(Math.min(JOBS, 2 * WARM_UP_JOBS), 120_000);
  await peakUntil(JOBS - WARM_UP_JOBS, 600_000);
  const late = await peakUntil(JOBS, 120_000);
  console.log(
    `Worker: ${Math.round(early / MIB)} MiB after the warm-up, ${Math.round(late / MIB)} MiB at the end.`,
  );
  expect(late).toBeLessThan(early * TOLERANCE);

  const counts = [...(await workerLog()).matchAll(/"tensorCount":(\d+)/g)].map(([, count]) => count);
  expect(counts.length).toBeGreaterThanOrEqual(JOBS);
  expect(new Set(counts).size).toBe(1);
}, 900_000);

it('takes no more memory for a long video than for a short one', async () => {
  const [minute, fourMinutes] = [
    await loopVideo(join(dataDirectory, 'minute.mp4'), 60),
    await loopVideo(join(dataDirectory, 'four-minutes.mp4'), 240),
  ];
  const before = await completedJobs();
  await submit(minute);
  const short = await peakUntil(before + 1, 120_000);
  await submit(fourMinutes);
  const long = await peakUntil(before + 2, 300_000);
  console.log(
    `Worker: at most ${Math.round(short / MIB)} MiB for 1 minute, ${Math.round(long / MIB)} MiB for 4.`,
  );
  expect(long).toBeLessThan(short * TOLERANCE);
}, 600_000);
