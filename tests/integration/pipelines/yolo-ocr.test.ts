import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { modelsDirectory, readConfig } from '../../../src/config.ts';
import { type AnalysisOptions, resolveAnalysisOptions } from '../../../src/jobs/analysis-options.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { FrameResult } from '../../../src/results/results-document.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import type { ObjectDetector } from '../../../worker/detection/object-detector.ts';
import { createThreadDetector } from '../../../worker/detection/tensorflow/thread-detector.ts';
import { createTesseractReader } from '../../../worker/ocr/tesseract-reader.ts';
import type { TextReader } from '../../../worker/ocr/text-reader.ts';
import type { PipelineOutcome } from '../../../worker/pipelines/pipeline.ts';
import { createYoloOcrPipeline } from '../../../worker/pipelines/yolo-ocr.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, testBinaries, TINY_VIDEO, WIDE_LIMITS } from '../../helpers/video-tools.ts';

const scratchDirectory = temporaryDirectory();
let detector: ObjectDetector;
let textReader: TextReader;

beforeAll(async () => {
  const modelDirectory = join(modelsDirectory(readConfig()), DEFAULT_MODEL);
  const logger = createSilentLogger();
  detector = await createThreadDetector({
    modelDirectory,
    backend: 'wasm',
    threads: 1,
    stallMs: 60_000,
    logger,
  });
  textReader = await createTesseractReader({ workers: 1, stallMs: 60_000, scratchDirectory });
});
afterAll(async () => {
  await textReader.close();
  await detector.close();
});

/** Analyses the fixture: four people, and HELLO FOREGSYTE 42 from 500 ms until before 2500 ms. */
async function analyse(
  options: Partial<AnalysisOptions>,
  { done = [], path = TINY_VIDEO }: { done?: FrameResult[]; path?: string } = {},
): Promise<{ frames: FrameResult[]; outcome: PipelineOutcome }> {
  const pipeline = createYoloOcrPipeline({
    binaries: await testBinaries(),
    detector,
    textReader,
    limits: { ...WIDE_LIMITS, maxSampledFrames: 100, jobSecondsFor: () => 60 },
    framesInFlight: 2,
  });
  const frames: FrameResult[] = [];
  async function* earlierFrames() {
    // As they come back from storage.
    for (const frame of done) yield structuredClone(frame);
  }
  const progress = { timing: { decodeMs: 1, detectMs: 1, ocrMs: 1 }, warnings: [] };
  const observer = {
    onMedia: async () => (done.length === 0 ? null : { progress, frames: earlierFrames() }),
    onFrame: async (frame: FrameResult) => {
      frames.push(frame);
    },
  };
  return { frames, outcome: await pipeline.run(path, options, observer, neverAborted()) };
}

const timesOf = (frames: FrameResult[]): number[] => frames.map(({ timestampMs }) => timestampMs);

describe('the yolo_ocr pipeline', () => {
  it('takes the options of an older job, and says what it used instead of those it lacks', async () => {
    const stored = { samplesPerSecond: 1, minConfidence: 0.5, minTextConfidence: 0.6 };
    const { frames, outcome } = await analyse(stored);
    expect(timesOf(frames)).toEqual([0, 1000, 2000]);
    expect(outcome.models).toEqual({
      detection: {
        model: DEFAULT_MODEL,
        version: '1.0.6',
        sha256: expect.any(String),
        backend: 'wasm',
        minConfidence: 0.5,
        labels: [],
      },
      ocr: { engine: 'tesseract.js', version: expect.any(String), languages: ['eng'], minConfidence: 0.6 },
      sampling: { samplesPerSecond: 1, sampledFrames: 3, startMs: 0, endMs: null },
      tools: expect.anything(),
    });
  });

  it('looks at the range alone, at the times and indices of the whole video', async () => {
    const range = { startMs: 1100, endMs: 2125 };
    const { frames, outcome } = await analyse(resolveAnalysisOptions({ ...range, samplesPerSecond: 2 }));
    expect(frames.map(({ frameIndex, timestampMs }) => [frameIndex, timestampMs])).toEqual([
      [9, 1125],
      [13, 1625],
    ]);
    expect(outcome.textSegments).toMatchObject([{ text: 'HELLO FOREGSYTE 42', startMs: 1125, endMs: 1625 }]);
    expect(outcome.models.sampling).toEqual({ samplesPerSecond: 2, sampledFrames: 2, ...range });
  });

  it('reads in the languages it was given', async () => {
    const { outcome } = await analyse(resolveAnalysisOptions({ languages: ['deu', 'eng'], startMs: 2000 }));
    expect(outcome.models.ocr.languages).toEqual(['deu', 'eng']);
    expect(outcome.textSegments.map(({ text }) => text)).toEqual(['HELLO FOREGSYTE 42']);
  });

  it('keeps the wanted labels alone, as they were among all, and tracks nothing else', async () => {
    const low = { minConfidence: 0.05, endMs: 1 };
    const all = await analyse(resolveAnalysisOptions(low));
    const labels = [...new Set(all.outcome.labels.map(({ label }) => label))];
    expect(labels.length).toBeGreaterThan(1);
    expect(labels).toContain('person');
    const some = await analyse(resolveAnalysisOptions({ ...low, labels: ['person'] }));
    const boxesOf = ({ frames }: typeof all) =>
      frames.flatMap(({ detections }) =>
        detections.flatMap(({ label, confidence, box }) => (label === 'person' ? [{ confidence, box }] : [])),
      );
    expect(boxesOf(some)).toEqual(boxesOf(all));
    expect(some.frames.flatMap(({ detections }) => detections)).toHaveLength(boxesOf(all).length);
    expect(some.outcome.labels.map(({ label }) => label)).toEqual(['person']);
    expect(some.outcome.tracks.every(({ label }) => label === 'person')).toBe(true);
    expect(some.outcome.models.detection.labels).toEqual(['person']);
  });

  it('goes on from frames that were done before, to the same end', async () => {
    const options = resolveAnalysisOptions({ samplesPerSecond: 4, minConfidence: 0.3 });
    const { timing: _, ...whole } = (await analyse(options)).outcome;
    const { frames } = await analyse(options);
    for (const count of [1, 5, frames.length]) {
      const rest = await analyse(options, { done: frames.slice(0, count) });
      expect(rest.frames).toEqual(frames.slice(count));
      const { timing, ...outcome } = rest.outcome;
      expect(outcome).toEqual(whole);
      expect(timing.detectMs).toBeGreaterThanOrEqual(1);
    }
  });

  it('analyses what can be decoded of a video that is cut off, and says so', async () => {
    const bytes = await readFile(TINY_VIDEO);
    const path = join(scratchDirectory, 'cut.mp4');
    await writeFile(path, bytes.subarray(0, bytes.length - 3000));
    const { frames, outcome } = await analyse({ samplesPerSecond: 2 }, { path });
    expect(timesOf(frames)).toEqual([0, 500, 1000, 1500, 2000]);
    expect(outcome.warnings.map(({ code }) => code)).toContain('VIDEO_TRUNCATED');
    expect(outcome.textSegments).toMatchObject([{ text: 'HELLO FOREGSYTE 42', startMs: 500, endMs: 2000 }]);
    expect((await analyse({ samplesPerSecond: 0.5 })).outcome.warnings).toEqual([]);
  });

  it('refuses a label that the model does not know before it looks at the file', async () => {
    const refused = analyse(resolveAnalysisOptions({ labels: ['unicorn'] }));
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      retryable: false,
      message: expect.stringContaining('dog'),
    });
  });
});
