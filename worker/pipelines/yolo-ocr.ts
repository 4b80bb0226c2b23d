import { hash } from 'node:crypto';
import { productVersion } from '../../src/config.ts';
import { type AnalysisOptions, completeStoredOptions } from '../../src/jobs/analysis-options.ts';
import type { Detection, Provenance, TextLine } from '../../src/results/results-document.ts';
import type { ObjectDetector } from '../detection/object-detector.ts';
import { extractFrames, type SampledFrame } from '../frames/extract-frames.ts';
import type { FfmpegBinaries } from '../frames/ffmpeg-binaries.ts';
import { probeVideo } from '../frames/probe-video.ts';
import { analysedMs } from '../job-time-limit.ts';
import type { TextReader } from '../ocr/text-reader.ts';
import { createObjectTracker } from '../tracking/object-tracks.ts';
import { createTextSegmenter } from '../tracking/text-segments.ts';
import { fitFrame } from './fit-frame.ts';
import { mapInOrder } from './map-in-order.ts';
import type { Pipeline } from './pipeline.ts';
import { createLabelFilter, type LabelFilter } from './wanted-labels.ts';

/** What the operator allows one video to cost. */
export interface PipelineLimits {
  maxDurationSeconds: number;
  maxFramePixels: number;
  maxSampledFrames: number;
  /** Seconds of wall time for so many milliseconds of video. */
  jobSecondsFor(analysedMs: number): number;
}

interface AnalysedFrame {
  frameIndex: number;
  timestampMs: number;
  detections: Detection[];
  texts: TextLine[];
  detectMs: number;
  ocrMs: number;
}

/**
 * Sampled frames -> object detection and OCR side by side -> object tracks and text segments.
 * `framesInFlight` frames are worked on at once, and no more are held in memory.
 */
export function createYoloOcrPipeline(deps: {
  binaries: FfmpegBinaries;
  detector: ObjectDetector;
  textReader: TextReader;
  limits: PipelineLimits;
  framesInFlight: number;
}): Pipeline & { readonly id: 'yolo_ocr' } {
  const { binaries, detector, textReader, limits } = deps;

  const analyse = async (
    frame: SampledFrame,
    options: AnalysisOptions,
    isWanted: LabelFilter,
    signal: AbortSignal,
  ): Promise<AnalysedFrame> => {
    const { frameIndex, timestampMs, image } = frame;
    const { languages, minTextConfidence } = options;
    const [seen, read] = await Promise.all([
      detector.detect([fitFrame(image, detector.info.input)], options.minConfidence, signal),
      textReader.read(image, { languages, minConfidence: minTextConfidence }, signal),
    ]);
    return {
      frameIndex,
      timestampMs,
      detections: seen.flatMap((one) => one.detections).filter(isWanted),
      texts: read.texts,
      detectMs: seen.reduce((sum, one) => sum + one.elapsedMs, 0),
      ocrMs: read.elapsedMs,
    };
  };

  return {
    id: 'yolo_ocr',

    async fingerprint(storedOptions) {
      const options = completeStoredOptions(storedOptions);
      return hash('sha256', JSON.stringify(describe(deps, options, 0)));
    },

    async run(filePath, storedOptions, observer, signal) {
      const options = completeStoredOptions(storedOptions);
      const isWanted = createLabelFilter(options.labels, detector.info.labels);
      const facts = await probeVideo(binaries, filePath, limits, signal);
      const earlier = await observer.onMedia(facts.media);

      const tracker = createObjectTracker();
      const segmenter = createTextSegmenter();
      const timing = { decodeMs: 0, detectMs: 0, ocrMs: 0, ...earlier?.progress.timing };
      const warnings = new Map(earlier?.progress.warnings.map((warning) => [warning.code, warning]));
      let sampledFrames = 0;
      const follow = (frame: Omit<AnalysedFrame, 'detectMs' | 'ocrMs'>) => {
        sampledFrames += 1;
        segmenter.add(frame.timestampMs, frame.texts);
        return tracker.add(frame, frame.detections);
      };
      let afterFrameIndex = -1;
      for await (const frame of earlier?.frames ?? []) {
        // Tracks and segments come from the frames alone, so they grow again as they did.
        follow(frame);
        afterFrameIndex = frame.frameIndex;
      }

      const frames = extractFrames(binaries, filePath, facts, {
        samplesPerSecond: options.samplesPerSecond,
        range: { startMs: options.startMs, endMs: options.endMs },
        afterFrameIndex,
        maxFrames: limits.maxSampledFrames,
        maxSeconds: limits.jobSecondsFor(analysedMs(facts.media.durationMs, options)),
        signal,
        onWarning: (warning) => warnings.set(warning.code, warning),
      });
      const analysed = mapInOrder(
        measureWaiting(frames, (ms) => (timing.decodeMs += ms)),
        (frame, frameSignal) => analyse(frame, options, isWanted, frameSignal),
        { concurrency: deps.framesInFlight, signal },
      );
      for await (const { detectMs, ocrMs, ...frame } of analysed) {
        timing.detectMs += detectMs;
        timing.ocrMs += ocrMs;
        const detections = follow(frame);
        const progress = { timing: { ...timing }, warnings: [...warnings.values()] };
        await observer.onFrame({ ...frame, detections }, progress);
      }

      return {
        media: facts.media,
        models: describe(deps, options, sampledFrames),
        labels: tracker.labels(),
        tracks: tracker.tracks(),
        textSegments: segmenter.segments(),
        timing,
        // In one order, whichever attempt met them first.
        warnings: [...warnings.values()].toSorted((a, b) => a.code.localeCompare(b.code, 'en')),
      };
    },
  };
}

function describe(
  deps: { binaries: FfmpegBinaries; detector: ObjectDetector; textReader: TextReader },
  options: AnalysisOptions,
  sampledFrames: number,
): Provenance {
  const { model, version, sha256, backend } = deps.detector.info;
  const { minConfidence, labels, minTextConfidence, languages } = options;
  const { samplesPerSecond, startMs, endMs } = options;
  return {
    detection: { model, version, sha256, backend, minConfidence, labels },
    ocr: { ...deps.textReader.info, languages, minConfidence: minTextConfidence },
    sampling: { samplesPerSecond, sampledFrames, startMs, endMs },
    tools: { foregsyte: productVersion, ffmpeg: deps.binaries.ffmpegVersion },
  };
}

/** Passes items on, reporting the milliseconds spent waiting for each. */
async function* measureWaiting<T>(source: AsyncIterable<T>, report: (ms: number) => void): AsyncGenerator<T> {
  let asked = performance.now();
  for await (const item of source) {
    report(performance.now() - asked);
    yield item;
    asked = performance.now();
  }
}
