import { type AnalysisOptions } from '../../src/jobs/analysis-options.ts';
import { resolveAnalysisOptions } from '../../src/jobs/resolve-analysis-options.ts';
import { extractFrames } from '../../worker/frames/extract-frames.ts';
import { deliveredSize } from '../../worker/frames/frame-sampling.ts';
import { probeVideo } from '../../worker/frames/probe-video.ts';
import { createYoloOcrPipeline } from '../../worker/pipelines/yolo-ocr.ts';
import type { BenchEngines } from './bench-engines.ts';
import { type CpuAccount, readCpuAccount, spentBetween } from './cpu-account.ts';

/** What one way through a video cost. */
export interface RunCost {
  wallMs: number;
  cpu: CpuAccount;
  frames: number;
  reused: number;
  detectMs: number[];
  ocrMs: number[];
  /** Milliseconds until the probe was done, which is before anything is analysed. */
  probeMs: number;
  waitingMs: number;
  peakMemoryBytes: number;
}

const LIMITS = { maxDurationSeconds: 86_400, maxFramePixels: 7680 * 4320 };
const MAX_FRAMES = 1_000_000;
const MAX_SECONDS = 3_600;
/** Seldom, because a look takes a fifth of a millisecond, and all of the event loop's time is measured. */
const MEMORY_LOOK_MS = 200;
const { signal } = new AbortController();

/** The product's pipeline. */
export function runPipeline(
  engines: BenchEngines,
  path: string,
  options: Partial<AnalysisOptions>,
  framesInFlight: number,
): Promise<RunCost> {
  return account(engines, async (cost) => {
    const pipeline = createYoloOcrPipeline({
      ...engines,
      limits: { ...LIMITS, maxSampledFrames: MAX_FRAMES, jobSecondsFor: () => MAX_SECONDS },
      framesInFlight,
    });
    const begun = performance.now();
    const observer = {
      async onMedia() {
        cost.probeMs = performance.now() - begun;
        return null;
      },
      async onFrame({ reusedFromFrame }: { reusedFromFrame?: number }) {
        cost.frames += 1;
        if (reusedFromFrame !== undefined) cost.reused += 1;
      },
    };
    const outcome = await pipeline.run(path, resolveAnalysisOptions(options), observer, signal);
    cost.waitingMs = outcome.timing.decodeMs;
  });
}

/** The same engines one after the other, frame by frame: what a short script does. */
export function runScript(engines: BenchEngines, path: string, samplesPerSecond: number): Promise<RunCost> {
  return account(engines, async (cost) => {
    const facts = await probeVideo(engines.binaries, path, LIMITS, signal);
    const size = deliveredSize(facts.media, 1280);
    const frames = extractFrames(engines.binaries, path, facts, {
      pictures: [
        { name: 'picture', pixels: 'rgb24', ...engines.detector.info.input },
        { name: 'luma', pixels: 'gray', fit: 'stretch', ...size },
      ],
      samplesPerSecond,
      maxFrames: MAX_FRAMES,
      maxSeconds: MAX_SECONDS,
      signal,
    });
    const languages = await engines.textReader.prepareLanguages(['eng'], signal);
    for await (const { pictures } of frames) {
      await engines.detector.detect([{ image: pictures.picture, source: facts.media }], 0.5, signal);
      await engines.textReader.read(pictures.luma, { languages, minConfidence: 0.6 }, signal);
      cost.frames += 1;
    }
  });
}

/** The frames alone: the floor that no analysis can be below. */
export function runDecoder(engines: BenchEngines, path: string, samplesPerSecond: number): Promise<RunCost> {
  return account(engines, async (cost) => {
    const facts = await probeVideo(engines.binaries, path, LIMITS, signal);
    const frames = extractFrames(engines.binaries, path, facts, {
      pictures: [{ name: 'small', pixels: 'gray', fit: 'stretch', ...deliveredSize(facts.media, 32) }],
      samplesPerSecond,
      maxFrames: MAX_FRAMES,
      maxSeconds: MAX_SECONDS,
      signal,
    });
    for await (const frame of frames) cost.frames += frame.frameIndex >= 0 ? 1 : 0;
  });
}

async function account(engines: BenchEngines, work: (cost: RunCost) => Promise<void>): Promise<RunCost> {
  engines.reset();
  const cost = { frames: 0, reused: 0, probeMs: 0, waitingMs: 0, peakMemoryBytes: 0 };
  const watch = setInterval(() => {
    cost.peakMemoryBytes = Math.max(cost.peakMemoryBytes, process.memoryUsage.rss());
  }, MEMORY_LOOK_MS);
  const before = readCpuAccount();
  const begun = performance.now();
  const full: RunCost = { ...cost, wallMs: 0, cpu: before, detectMs: [], ocrMs: [] };
  try {
    await work(full);
  } finally {
    clearInterval(watch);
  }
  return {
    ...full,
    peakMemoryBytes: cost.peakMemoryBytes,
    wallMs: performance.now() - begun,
    cpu: spentBetween(before, readCpuAccount()),
    detectMs: [...engines.detectMs],
    ocrMs: [...engines.ocrMs],
  };
}
