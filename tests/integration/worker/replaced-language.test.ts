import { copyFile, readFile, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import { AppError } from '../../../src/errors.ts';
import { resolveAnalysisOptions } from '../../../src/jobs/resolve-analysis-options.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { ObjectDetector } from '../../../worker/detection/object-detector.ts';
import { hashFile } from '../../../worker/hash-file.ts';
import { createTesseractReader } from '../../../worker/ocr/tesseract-reader.ts';
import type { TextReader } from '../../../worker/ocr/text-reader.ts';
import { createYoloOcrPipeline } from '../../../worker/pipelines/yolo-ocr.ts';
import { createRunAttempt } from '../../../worker/run-attempt.ts';
import { insertJob, jobLoop, readJob, removeAllJobs } from '../../helpers/job-loop.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { useTestServices } from '../../helpers/test-services.ts';
import { unobserved } from '../../helpers/unobserved.ts';
import { testBinaries, TINY_VIDEO, WIDE_LIMITS } from '../../helpers/video-tools.ts';

const require = createRequire(import.meta.url);
const dataOf = (code: string) =>
  require.resolve(`@tesseract.js-data/${code}/4.0.0_best_int/${code}.traineddata.gz`);
const never = new AbortController().signal;
const services = useTestServices();
const languagesDirectory = temporaryDirectory();
const scratchDirectory = temporaryDirectory();
const italian = join(languagesDirectory, 'ita.traineddata.gz');
const replaceBy = async (code: string) => {
  await copyFile(dataOf(code), `${italian}.new`);
  await rename(`${italian}.new`, italian);
};
const readers: TextReader[] = [];
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  await removeAllJobs(services());
});

/** The caption of the fixture stands on each of these frames. */
const FRAMES = 6;
const options = resolveAnalysisOptions(
  { languages: ['ita'], samplesPerSecond: 4, startMs: 750, endMs: 2250, reuseUnchanged: false },
  ['ita'],
);

/** A worker with a text reader of its own; `onFrame` is asked before each frame, by its number among this worker's. */
async function startWorker(onFrame: (number: number, reader: TextReader) => Promise<void>) {
  const reader = await createTesseractReader({
    workers: 1,
    stallMs: 60_000,
    scratchDirectory,
    languagesDirectory,
  });
  readers.push(reader);
  let frames = 0;
  const detector: ObjectDetector = {
    info: {
      model: 'none',
      version: '1',
      sha256: '',
      backend: 'cpu',
      batchSize: 1,
      input: { width: 32, height: 32, fit: 'stretch' },
      labels: [],
    },
    async detect() {
      frames += 1;
      await onFrame(frames, reader);
      return [];
    },
    async close() {},
  };
  const pipeline = createYoloOcrPipeline({
    binaries: await testBinaries(),
    detector,
    textReader: reader,
    limits: { ...WIDE_LIMITS, maxSampledFrames: 100, jobSecondsFor: () => 60 },
    framesInFlight: 1,
  });
  const runAttempt = createRunAttempt({
    manager: services().dataSource.manager,
    storage: services().storage,
    pipelines: { yolo_ocr: pipeline },
    checkpointMs: 0,
    persist: (write) => write(),
    observer: unobserved,
    logger: createSilentLogger(),
  });
  return { loop: jobLoop(services(), runAttempt), frames: () => frames };
}

async function submitFixture(): Promise<string> {
  const jobId = await insertJob(services(), { options: { ...options } });
  const bytes = await readFile(TINY_VIDEO);
  await services().storage.save(
    `${jobId}.mp4`,
    (async function* () {
      yield bytes;
    })(),
  );
  return jobId;
}

const documentSchema = z.looseObject({
  models: z.looseObject({ ocr: z.looseObject({ languageData: z.array(z.unknown()) }) }),
  results: z.array(z.looseObject({ texts: z.array(z.looseObject({ text: z.string() })) })),
});
const readDocument = async (jobId: string) => {
  const { outputPath } = await readJob(services(), jobId);
  return documentSchema.parse(JSON.parse(await text(await services().storage.open(outputPath ?? ''))));
};
const readBy = async (code: string) => ({
  models: {
    ocr: { languageData: [{ language: 'ita', sha256: await hashFile(dataOf(code)), bundled: false }] },
  },
  results: Array.from({ length: FRAMES }, () => ({ texts: [{ text: 'HELLO FOREGSYTE 42' }] })),
});
const failAt = (at: number) => async (number: number) => {
  if (number === at) throw new AppError('STORAGE_FAILED', 'The disk is broken.');
};

it('an attempt goes on from what another worker did by the same data', async () => {
  await replaceBy('eng');
  const jobId = await submitFixture();
  await (await startWorker(failAt(3))).loop.runOnce(never);
  const second = await startWorker(async () => {});
  await second.loop.runOnce(never);
  expect(await readDocument(jobId)).toMatchObject(await readBy('eng'));
  expect(second.frames()).toBe(FRAMES - 2);
});

it('an attempt begins anew where the data of a language is another one, under the same name', async () => {
  await replaceBy('eng');
  const jobId = await submitFixture();
  await (await startWorker(failAt(3))).loop.runOnce(never);
  await replaceBy('fra');
  const second = await startWorker(async () => {});
  await second.loop.runOnce(never);
  expect(await readDocument(jobId)).toMatchObject(await readBy('fra'));
  expect(second.frames()).toBe(FRAMES);
});

it('an attempt ends when an engine would have to start by other data, and the next begins anew', async () => {
  await replaceBy('eng');
  const jobId = await submitFixture();
  const worker = await startWorker(async (number, reader) => {
    if (number !== 3) return;
    await replaceBy('fra');
    // Takes the only place from the engine that has the old data.
    await reader.prepareLanguages(['deu'], never);
  });
  await worker.loop.runOnce(never);
  expect(await readJob(services(), jobId)).toMatchObject({
    status: 'pending',
    errorCode: 'LANGUAGE_CHANGED',
    errorMessage: expect.stringContaining('"ita"'),
  });
  const before = worker.frames();
  await worker.loop.runOnce(never);
  expect(await readDocument(jobId)).toMatchObject(await readBy('fra'));
  expect(worker.frames() - before).toBe(FRAMES);
});
