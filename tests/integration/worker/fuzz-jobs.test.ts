import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { modelsDirectory, readConfig } from '../../../src/config.ts';
import { AppError } from '../../../src/errors.ts';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { composeWorker } from '../../../worker/compose-worker.ts';
import { createEngines, type Engines } from '../../../worker/engines.ts';
import type { JobWorker } from '../../../worker/job-worker.ts';
import { createWorkerWear } from '../../../worker/worker-wear.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { FUZZ_SEED, fuzzCases, howToRepeat } from '../../helpers/fuzz-settings.ts';
import { gather } from '../../helpers/gather.ts';
import { readJob } from '../../helpers/job-loop.ts';
import { mutateFile } from '../../helpers/mutate-file.ts';
import { useTestServices } from '../../helpers/test-services.ts';
import { unobserved } from '../../helpers/unobserved.ts';
import { TINY_VIDEO } from '../../helpers/video-tools.ts';

const CASES = fuzzCases(10);
const never = new AbortController().signal;
const logger = createSilentLogger();
const services = useTestServices();
/** What a damaged file may end a job with; the last two after all its attempts. */
const CODES = ['INVALID_VIDEO', 'UNSUPPORTED_MEDIA', 'VIDEO_TOO_LONG', 'FRAME_TOO_LARGE', 'TOO_MANY_FRAMES'];
const RETRIED_CODES = ['DECODER_CRASHED', 'DECODER_STALLED'];
let engines: Engines;
let worker: JobWorker;

beforeAll(async () => {
  const config = readConfig({
    DATABASE_URL: services().databaseUrl,
    DATA_DIR: dirname(services().storageRoot),
    MODELS_DIR: modelsDirectory(readConfig()),
    TF_BACKEND: 'wasm',
    DETECTION_THREADS: '1',
    OCR_WORKERS: '1',
    DECODER_STALL_MS: '15000',
    MAX_ATTEMPTS: '2',
    RETRY_DELAY_MS: '0',
    MIN_FREE_BYTES: '0',
  });
  engines = await createEngines({
    config,
    logger,
    observer: unobserved,
    onGivenUp(reason) {
      throw new Error(reason);
    },
    signal: new AbortController().signal,
  });
  const wear = createWorkerWear({ maxJobs: 1_000_000, maxMemoryBytes: Infinity });
  const { pipelines } = engines;
  worker = composeWorker({ config, services: services(), pipelines, wear, observer: unobserved, logger });
});
afterAll(async () => {
  await engines.close();
  await waitUntilNoFfmpeg();
});

/** The job of a damaged file; null when it was refused for what it obviously is. */
async function submit(bytes: Buffer): Promise<string | null> {
  async function* whole() {
    yield bytes;
  }
  const options = { samplesPerSecond: 1 };
  const request = resolveJobRequest({ pipelineId: 'yolo_ocr', options });
  try {
    const source = { filename: 'a.mp4', bytes: whole() };
    return (await services().submitVideo('local', request, source)).jobId;
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_VIDEO') return null;
    throw error;
  }
}

it(`jobs of ${CASES} files that were damaged at random are completed, or fail for a reason`, async () => {
  console.info(`fuzzing with FUZZ_SEED=${FUZZ_SEED}`);
  const tiny = readFileSync(TINY_VIDEO);
  const seeds = new Map<string, number>();
  for (let seed = FUZZ_SEED; seed < FUZZ_SEED + CASES; seed += 1) {
    const jobId = await submit(mutateFile(tiny, seed).bytes);
    if (jobId !== null) seeds.set(jobId, seed);
  }
  while (await worker.runOnce(never));

  const outcomes: Record<string, number> = {};
  const wantedFiles: string[] = [];
  for (const [jobId, seed] of seeds) {
    const { status, errorCode, attempt, crashCount, outputPath } = await readJob(services(), jobId);
    const how = howToRepeat(seed, 'tests/integration/worker/fuzz-jobs.test.ts');
    const outcome = errorCode ?? status;
    expect([how, outcome]).toEqual([
      how,
      expect.stringMatching(`^(completed|${[...CODES, ...RETRIED_CODES].join('|')})$`),
    ]);
    expect([how, crashCount]).toEqual([how, 0]);
    // What another attempt may mend is tried again; what the file is to blame for is not.
    if (CODES.includes(outcome)) expect([how, attempt]).toEqual([how, 1]);
    if (RETRIED_CODES.includes(outcome)) expect([how, attempt]).toEqual([how, 2]);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    wantedFiles.push(`${jobId}.mp4`);
    if (outputPath !== null) wantedFiles.push(outputPath, outputPath.replace(/json$/, 'index'));
  }
  console.info(outcomes);

  expect(await services().reconcileJobs()).toEqual([]);
  const files = (await gather(services().storage.list())).map(({ key }) => key);
  expect(files.toSorted()).toEqual(wantedFiles.toSorted());
  const scratch = join(dirname(services().storageRoot), 'scratch');
  const entries = await readdir(scratch, { recursive: true, withFileTypes: true });
  expect(entries.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
}, 300_000);
