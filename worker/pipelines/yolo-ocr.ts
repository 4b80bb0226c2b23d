import { hash } from 'node:crypto';
import { productVersion } from '../../src/config.ts';
import { type AnalysisOptions, completeStoredOptions } from '../../src/jobs/analysis-options.ts';
import type {
  Detection,
  FrameResult,
  Provenance,
  TextLine,
  TrackedDetection,
} from '../../src/results/results-document.ts';
import type { ObjectDetector } from '../detection/object-detector.ts';
import type { ImageSize } from '../fit-image.ts';
import { extractFrames, type SampledFrame } from '../frames/extract-frames.ts';
import type { FfmpegBinaries } from '../frames/ffmpeg-binaries.ts';
import { deliveredSize } from '../frames/frame-sampling.ts';
import type { Pictures } from '../frames/pictures.ts';
import { probeVideo } from '../frames/probe-video.ts';
import { analysedMs } from '../job-time-limit.ts';
import type { TextReader } from '../ocr/text-reader.ts';
import { createObjectTracker, type FramePosition } from '../tracking/object-tracks.ts';
import { createTextSegmenter } from '../tracking/text-segments.ts';
import {
  createFrameReuse,
  decodeReference,
  encodeReference,
  type FrameReuse,
  noFrameReuse,
  type ReferenceFrame,
} from './frame-reuse.ts';
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

/** Longest sides, in pixels, of frames as they are looked at, and as changes are looked for. */
const MAX_FRAME_SIDE = 1280;
const THUMBNAIL_SIDE = 320;

/** What was found on one frame. */
interface Findings {
  detections: Detection[];
  texts: TextLine[];
  detectMs: number;
  ocrMs: number;
}

/** A sampled frame, and the one that it looks like: itself when it has to be analysed. */
interface ChosenFrame {
  frame: SampledFrame<'picture' | 'luma' | 'thumbnail'>;
  reference: ReferenceFrame;
}

/**
 * Sampled frames -> object detection and OCR side by side -> object tracks and text segments. A frame that looks like one
 * before gets what was found there.
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
    { picture, luma }: Pictures<'picture' | 'luma'>,
    source: ImageSize,
    options: AnalysisOptions,
    isWanted: LabelFilter,
    signal: AbortSignal,
  ): Promise<Findings> => {
    const { languages, minTextConfidence } = options;
    const [seen, read] = await Promise.all([
      detector.detect([{ image: picture, source }], options.minConfidence, signal),
      textReader.read(luma, { languages, minConfidence: minTextConfidence }, signal),
    ]);
    return {
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

      const tracker = createObjectTracker(facts.media);
      const segmenter = createTextSegmenter();
      const timing = { decodeMs: 0, detectMs: 0, ocrMs: 0, ...earlier?.progress.timing };
      const warnings = new Map(earlier?.progress.warnings.map((warning) => [warning.code, warning]));
      let sampledFrames = 0;
      /** What was found on the last frame: on the one, that is, which frames that look like it refer to. */
      let latest: Pick<Findings, 'detections' | 'texts'> = { detections: [], texts: [] };
      const follow = (moment: FramePosition, found: typeof latest): FrameResult => {
        sampledFrames += 1;
        latest = found;
        segmenter.add(moment.timestampMs, found.texts);
        return { ...moment, detections: tracker.add(moment, found.detections), texts: found.texts };
      };
      let afterFrameIndex = -1;
      for await (const { frameIndex, timestampMs, detections, texts } of earlier?.frames ?? []) {
        // Tracks and segments come from the frames alone, so they grow again as they did.
        follow({ frameIndex, timestampMs }, { detections: detections.map(withoutTrack), texts });
        afterFrameIndex = frameIndex;
      }

      const { sampling, samplesPerSecond, reuseUnchanged, reuseThreshold } = options;
      const frames = extractFrames(binaries, filePath, facts, {
        pictures: [
          { name: 'picture', pixels: 'rgb24', ...detector.info.input },
          { name: 'luma', pixels: 'gray', fit: 'stretch', ...deliveredSize(facts.media, MAX_FRAME_SIDE) },
          {
            name: 'thumbnail',
            pixels: 'gray',
            fit: 'stretch',
            ...deliveredSize(facts.media, THUMBNAIL_SIDE),
          },
        ],
        samplesPerSecond: sampling === 'all' ? Infinity : samplesPerSecond,
        ...(sampling === 'adaptive' && { adaptTo: 'thumbnail' as const }),
        range: { startMs: options.startMs, endMs: options.endMs },
        afterFrameIndex,
        maxFrames: limits.maxSampledFrames,
        maxSeconds: limits.jobSecondsFor(analysedMs(facts.media.durationMs, options)),
        signal,
        onWarning: (warning) => warnings.set(warning.code, warning),
      });
      const reuse = reuseUnchanged
        ? createFrameReuse(
            reuseThreshold,
            earlier?.progress.reference && decodeReference(earlier.progress.reference),
          )
        : noFrameReuse();
      const analysed = mapInOrder(
        chooseFrames(
          measureWaiting(frames, (ms) => (timing.decodeMs += ms)),
          reuse,
        ),
        async ({ frame: { frameIndex, timestampMs, pictures }, reference }, frameSignal) => {
          const isLike = reference.frameIndex !== frameIndex;
          const found = isLike ? null : await analyse(pictures, facts.media, options, isWanted, frameSignal);
          return { moment: { frameIndex, timestampMs }, reference, found };
        },
        { concurrency: deps.framesInFlight, signal },
      );
      for await (const { moment, reference, found } of analysed) {
        timing.detectMs += found?.detectMs ?? 0;
        timing.ocrMs += found?.ocrMs ?? 0;
        const result = follow(moment, found ?? latest);
        const progress = {
          timing: { ...timing },
          warnings: [...warnings.values()],
          ...(reuseUnchanged && { reference: encodeReference(reference) }),
        };
        const source = found === null ? { reusedFromFrame: reference.frameIndex } : {};
        await observer.onFrame({ ...result, ...source }, progress);
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
  const { sampling: mode, samplesPerSecond, startMs, endMs, reuseUnchanged, reuseThreshold } = options;
  return {
    detection: { model, version, sha256, backend, minConfidence, labels },
    ocr: { ...deps.textReader.info, languages, minConfidence: minTextConfidence },
    sampling: { mode, samplesPerSecond, sampledFrames, startMs, endMs },
    reuse: { unchanged: reuseUnchanged, threshold: reuseThreshold },
    tools: { foregsyte: productVersion, ffmpeg: deps.binaries.ffmpegVersion },
  };
}

function withoutTrack({ label, confidence, box }: TrackedDetection): Detection {
  return { label, confidence, box };
}

async function* chooseFrames(
  frames: AsyncIterable<ChosenFrame['frame']>,
  reuse: FrameReuse,
): AsyncGenerator<ChosenFrame> {
  for await (const frame of frames) {
    yield { frame, reference: reuse.next(frame.frameIndex, frame.pictures.thumbnail) };
  }
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
