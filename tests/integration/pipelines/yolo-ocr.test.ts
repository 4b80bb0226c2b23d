import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { modelsDirectory, readConfig } from '../../../src/config.ts';
import { type AnalysisOptions } from '../../../src/jobs/analysis-options.ts';
import { resolveAnalysisOptions } from '../../../src/jobs/resolve-analysis-options.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { FrameResult } from '../../../src/results/results-document.ts';
import { DEFAULT_MODEL } from '../../../worker/detection/models/catalogue.ts';
import type { ObjectDetector } from '../../../worker/detection/object-detector.ts';
import { createThreadDetector } from '../../../worker/detection/tensorflow/thread-detector.ts';
import { createTesseractReader } from '../../../worker/ocr/tesseract-reader.ts';
import type { TextReader } from '../../../worker/ocr/text-reader.ts';
import {
  type PipelineOutcome,
  type PipelineProgress,
  pipelineProgressSchema,
} from '../../../worker/pipelines/pipeline.ts';
import { createYoloOcrPipeline } from '../../../worker/pipelines/yolo-ocr.ts';
import { makeCutVideo, makeStillVideo } from '../../helpers/edit-tiny-video.ts';
import { rememberDetections, rememberTexts } from '../../helpers/remembering-engines.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, testBinaries, TINY_VIDEO, WIDE_LIMITS } from '../../helpers/video-tools.ts';

const scratchDirectory = temporaryDirectory();
let detector: ObjectDetector;
let textReader: TextReader;

beforeAll(async () => {
  const modelDirectory = join(modelsDirectory(readConfig()), DEFAULT_MODEL);
  const setup = { modelDirectory, threads: 1, stallMs: 60_000, logger: createSilentLogger() };
  detector = rememberDetections(await createThreadDetector({ ...setup, backend: 'wasm' }));
  textReader = rememberTexts(await createTesseractReader({ workers: 1, stallMs: 60_000, scratchDirectory }));
});
afterAll(async () => {
  await textReader.close();
  await detector.close();
});

interface Analysis {
  frames: FrameResult[];
  /** How things stood after each frame. */
  progress: PipelineProgress[];
  outcome: PipelineOutcome;
}

/**
 * Analyses the fixture, four people and HELLO FOREGSYTE 42 from 500 ms until before 2500 ms, or another video; goes on
 * behind the first `count` frames of an earlier analysis, if one is given.
 */
async function analyse(
  options: Partial<AnalysisOptions>,
  { earlier, path = TINY_VIDEO }: { earlier?: { of: Analysis; count: number }; path?: string } = {},
): Promise<Analysis> {
  const pipeline = createYoloOcrPipeline({
    binaries: await testBinaries(),
    detector,
    textReader,
    limits: { ...WIDE_LIMITS, maxSampledFrames: 100, jobSecondsFor: () => 60 },
    framesInFlight: 2,
  });
  const frames: FrameResult[] = [];
  const progress: PipelineProgress[] = [];
  async function* earlierFrames() {
    // As they come back from storage.
    for (const frame of earlier?.of.frames.slice(0, earlier.count) ?? []) yield structuredClone(frame);
  }
  const last = earlier?.of.progress[earlier.count - 1];
  const observer = {
    onMedia: async () => (last === undefined ? null : { progress: last, frames: earlierFrames() }),
    onFrame: async (frame: FrameResult, reached: PipelineProgress) => {
      frames.push(frame);
      // As it comes back from storage.
      progress.push(pipelineProgressSchema.parse(JSON.parse(JSON.stringify(reached))));
    },
  };
  return { frames, progress, outcome: await pipeline.run(path, options, observer, neverAborted()) };
}

/** Whichever frame an analysis is interrupted behind, another one goes on to the same end. */
async function expectSameEnd(options: AnalysisOptions, whole: Analysis, path: string): Promise<void> {
  const { timing: _, ...expected } = whole.outcome;
  for (let count = 1; count <= whole.frames.length; count += 2) {
    const rest = await analyse(options, { earlier: { of: whole, count }, path });
    expect(rest.frames).toEqual(whole.frames.slice(count));
    const { timing, ...outcome } = rest.outcome;
    expect(outcome).toEqual(expected);
    expect(timing.detectMs).toBeGreaterThanOrEqual(whole.progress[count - 1]?.timing.detectMs ?? 0);
  }
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
      ocr: {
        engine: 'tesseract.js',
        version: expect.any(String),
        languages: ['eng'],
        languageData: [{ language: 'eng', sha256: expect.any(String), bundled: true }],
        minConfidence: 0.6,
      },
      sampling: { mode: 'uniform', samplesPerSecond: 1, sampledFrames: 3, startMs: 0, endMs: null },
      reuse: { unchanged: true, threshold: 20 },
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
    expect(outcome.models.sampling).toMatchObject({ samplesPerSecond: 2, sampledFrames: 2, ...range });
  });

  it('reads in the languages it was given', async () => {
    const { outcome } = await analyse(resolveAnalysisOptions({ languages: ['deu', 'eng'], startMs: 2000 }));
    expect(outcome.models.ocr.languages).toEqual(['deu', 'eng']);
    expect(outcome.textSegments).toMatchObject([
      {
        text: 'HELLO FOREGSYTE 42',
        detectionConfidence: expect.closeTo(0.9, 0),
        recognitionConfidence: expect.closeTo(0.9, 0),
      },
    ]);
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
    await expectSameEnd(options, await analyse(options), TINY_VIDEO);
  });

  it('looks at every frame, and at those around changes, when asked to', async () => {
    const all = await analyse(resolveAnalysisOptions({ sampling: 'all', minConfidence: 0.3, endMs: 600 }));
    expect(timesOf(all.frames)).toEqual([0, 125, 250, 375, 500]);
    expect(all.outcome.models.sampling).toMatchObject({ mode: 'all', sampledFrames: 5 });
    const options = resolveAnalysisOptions({ sampling: 'adaptive', minConfidence: 0.3 });
    const adaptive = await analyse(options);
    // The caption comes at 500 ms and goes at 2500 ms.
    expect(timesOf(adaptive.frames)).toEqual(expect.arrayContaining([0, 375, 500, 1000, 2000, 2375, 2500]));
    expect(adaptive.outcome.textSegments).toMatchObject([
      { text: 'HELLO FOREGSYTE 42', startMs: 500, endMs: 2375 },
    ]);
    await expectSameEnd(options, adaptive, TINY_VIDEO);
  });

  it('gives frames that look like an earlier one what was found there, and says so', async () => {
    const path = await makeStillVideo(join(scratchDirectory, 'still.mp4'));
    const options = resolveAnalysisOptions({ sampling: 'all' });
    const reused = await analyse(options, { path });
    expect(reused.frames.map(({ reusedFromFrame }) => reusedFromFrame).slice(0, 5)).toEqual([
      undefined,
      0,
      0,
      0,
      0,
    ]);
    expect(reused.frames.at(-1)?.reusedFromFrame).toBeUndefined();
    const [first, second] = reused.frames;
    expect(first?.detections.length).toBeGreaterThan(0);
    expect(second?.detections).toEqual(first?.detections);
    await expectSameEnd(options, reused, path);

    const anew = await analyse({ ...options, reuseUnchanged: false }, { path });
    expect(anew.frames.every(({ reusedFromFrame }) => reusedFromFrame === undefined)).toBe(true);
    expect(anew.outcome.models.reuse).toEqual({ unchanged: false, threshold: 20 });
    const tracksOf = ({ outcome }: Analysis) =>
      outcome.tracks.map(({ label, sampleCount, firstSeenMs, lastSeenMs }) => ({
        label,
        sampleCount,
        firstSeenMs,
        lastSeenMs,
      }));
    expect(tracksOf(reused)).toEqual(tracksOf(anew));
    const countReused = ({ frames }: Analysis) =>
      frames.filter((frame) => frame.reusedFromFrame !== undefined).length;
    const coarse = await analyse({ ...options, reuseThreshold: 250 }, { path });
    expect(countReused(coarse)).toBeGreaterThan(countReused(reused));
  });

  it('ends tracks where another scene begins, but not the text that stays, and goes on to the same end', async () => {
    const path = await makeCutVideo(join(scratchDirectory, 'cut-scene.mp4'));
    // From 250 ms on, so that one of the runs that go on begins at the very cut.
    const options = resolveAnalysisOptions({ samplesPerSecond: 4, minConfidence: 0.3, startMs: 250 });
    const cut = await analyse(options, { path });
    expect(timesOf(cut.frames.filter(({ sceneCut }) => sceneCut))).toEqual([1500]);
    const { tracks, textSegments } = cut.outcome;
    const before = tracks.filter(({ lastSeenMs }) => lastSeenMs < 1500);
    const behind = tracks.filter(({ firstSeenMs }) => firstSeenMs >= 1500);
    expect(before.length).toBeGreaterThan(0);
    expect(behind.length).toBeGreaterThan(0);
    expect(before.length + behind.length).toBe(tracks.length);
    expect(textSegments).toMatchObject([{ text: 'HELLO FOREGSYTE 42', startMs: 500, endMs: 2250 }]);
    await expectSameEnd(options, cut, path);
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
