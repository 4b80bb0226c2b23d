import { hash } from 'node:crypto';
import { type AnalysisOptions, completeStoredOptions } from '../../src/jobs/analysis-options.ts';
import type {
  Detection,
  FrameResult,
  LanguageData,
  TextLine,
  TrackedDetection,
} from '../../src/results/results-document.ts';
import type { ChangeMask } from '../change-mask.ts';
import type { ObjectDetector } from '../detection/object-detector.ts';
import type { ImageSize } from '../fit-image.ts';
import { extractFrames, type SampledFrame } from '../frames/extract-frames.ts';
import type { FfmpegBinaries } from '../frames/ffmpeg-binaries.ts';
import { deliveredSize } from '../frames/frame-sampling.ts';
import type { Pictures } from '../frames/pictures.ts';
import { probeVideo } from '../frames/probe-video.ts';
import { analysedMs } from '../job-time-limit.ts';
import { keepUnchangedLines } from '../ocr/keep-unchanged-lines.ts';
import type { FrameTexts, TextReader } from '../ocr/text-reader.ts';
import { createSceneCuts, type SceneChoice, type SceneCuts } from '../scenes/scene-cuts.ts';
import { createObjectTracker, type FramePosition } from '../tracking/object-tracks.ts';
import { createTextSegmenter } from '../tracking/text-segments.ts';
import { describeRun } from './describe-run.ts';
import { createFrameReuse, type FrameReuse, noFrameReuse, type ReuseChoice } from './frame-reuse.ts';
import { mapInOrder } from './map-in-order.ts';
import { measureWaiting } from './measure-waiting.ts';
import type { Pipeline } from './pipeline.ts';
import { decodeLuma, encodeLuma } from './stored-luma.ts';
import { decodeReuseState, encodeReuseState } from './stored-reuse-state.ts';
import { assertKnownLabels } from './wanted-labels.ts';

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
  /** What was read where the frame had to be read. */
  read: FrameTexts;
  detectMs: number;
}

/** What stands in the results of a frame. */
interface FrameContent {
  detections: Detection[];
  texts: TextLine[];
}

/** A frame's place in the video, and whether another scene begins there. */
interface Moment extends FramePosition {
  sceneCut: boolean;
}

/** A sampled frame, and what is to be done with it. */
interface ChosenFrame {
  frame: SampledFrame<'picture' | 'luma' | 'thumbnail'>;
  choice: ReuseChoice;
  scene: SceneChoice;
}

/**
 * Sampled frames -> object detection and OCR side by side -> object tracks and text segments. A frame that looks like one
 * before gets what was found there. Where another scene begins, all tracks end; texts may go on, as captions do.
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
    changed: ChangeMask | undefined,
    options: AnalysisOptions,
    languages: readonly LanguageData[],
    signal: AbortSignal,
  ): Promise<Findings> => {
    const reading = { languages, minConfidence: options.minTextConfidence, ...(changed && { changed }) };
    const { labels, minConfidence } = options;
    const frame = { image: picture, source, ...(labels.length > 0 && { labels }) };
    const [seen, read] = await Promise.all([
      detector.detect([frame], minConfidence, signal),
      textReader.read(luma, reading, signal),
    ]);
    return {
      detections: seen.flatMap((one) => one.detections),
      read,
      detectMs: seen.reduce((sum, one) => sum + one.elapsedMs, 0),
    };
  };

  return {
    id: 'yolo_ocr',

    async run(filePath, storedOptions, observer, signal) {
      const options = completeStoredOptions(storedOptions);
      assertKnownLabels(options.labels, detector.info.labels);
      const languages = await textReader.prepareLanguages(options.languages, signal);
      const fingerprint = hash('sha256', JSON.stringify(describeRun(deps, options, languages, 0)));
      const facts = await probeVideo(binaries, filePath, limits, signal);
      const earlier = await observer.onMedia(facts.media, fingerprint);

      const tracker = createObjectTracker(facts.media);
      const segmenter = createTextSegmenter();
      const timing = { decodeMs: 0, detectMs: 0, ocrMs: 0, ...earlier?.progress.timing };
      const warnings = new Map(earlier?.progress.warnings.map((warning) => [warning.code, warning]));
      let sampledFrames = 0;
      /** What was found on the last frame: on the one, that is, which frames that look like it refer to. */
      let latest: FrameContent = { detections: [], texts: [] };
      const follow = (moment: Moment, content: FrameContent): FrameResult => {
        sampledFrames += 1;
        latest = content;
        const { sceneCut, ...place } = moment;
        if (sceneCut) tracker.cut();
        segmenter.add(place.timestampMs, content.texts);
        const detections = tracker.add(place, content.detections);
        return { ...place, detections, texts: content.texts, sceneCut };
      };
      let afterFrameIndex = -1;
      for await (const frame of earlier?.frames ?? []) {
        const { frameIndex, timestampMs, sceneCut = false, detections, texts } = frame;
        // Tracks and segments come from the frames alone, so they grow again as they did.
        follow({ frameIndex, timestampMs, sceneCut }, { detections: detections.map(withoutTrack), texts });
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
            earlier?.progress.reuse && decodeReuseState(earlier.progress.reuse),
          )
        : noFrameReuse();
      const lastScene = earlier?.progress.lastScene;
      const sceneCuts = createSceneCuts(lastScene && decodeLuma(lastScene));
      const analysed = mapInOrder(
        chooseFrames(
          measureWaiting(frames, (ms) => (timing.decodeMs += ms)),
          reuse,
          sceneCuts,
        ),
        async ({ frame: { frameIndex, timestampMs, pictures }, choice, scene }, frameSignal) => ({
          moment: { frameIndex, timestampMs, sceneCut: scene.sceneCut },
          choice,
          lastScene: scene.lastScene,
          found:
            choice.likeFrame === null
              ? await analyse(pictures, facts.media, choice.changed, options, languages, frameSignal)
              : null,
        }),
        { concurrency: deps.framesInFlight, signal },
      );
      for await (const { moment, choice, lastScene: shown, found } of analysed) {
        timing.detectMs += found?.detectMs ?? 0;
        timing.ocrMs += found?.read.elapsedMs ?? 0;
        const result = follow(moment, found === null ? latest : contentOf(found, choice, latest));
        const progress = {
          timing: { ...timing },
          warnings: [...warnings.values()],
          ...(choice.state && { reuse: encodeReuseState(choice.state) }),
          ...(shown && { lastScene: encodeLuma(shown) }),
        };
        const source = choice.likeFrame === null ? {} : { reusedFromFrame: choice.likeFrame };
        await observer.onFrame({ ...result, ...source }, progress);
      }

      return {
        media: facts.media,
        models: describeRun(deps, options, languages, sampledFrames),
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

/** Lines in parts of the picture that did not have to be read again are those of the frame before. */
function contentOf(
  { detections, read }: Findings,
  { changed }: ReuseChoice,
  before: FrameContent,
): FrameContent {
  const texts = changed === undefined ? read.texts : keepUnchangedLines(before.texts, changed, read);
  return { detections, texts };
}

function withoutTrack({ label, confidence, box }: TrackedDetection): Detection {
  return { label, confidence, box };
}

async function* chooseFrames(
  frames: AsyncIterable<ChosenFrame['frame']>,
  reuse: FrameReuse,
  sceneCuts: SceneCuts,
): AsyncGenerator<ChosenFrame> {
  for await (const frame of frames) {
    const { thumbnail } = frame.pictures;
    yield { frame, choice: reuse.next(frame.frameIndex, thumbnail), scene: sceneCuts.next(thumbnail) };
  }
}
