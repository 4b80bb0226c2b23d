import { AppError } from '../../src/errors.ts';
import type { ResultsWarning } from '../../src/results/results-document.ts';
import { decodeFrames } from './decode-frames.ts';
import { decodeSamples } from './decode-samples.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { framesWithin, type TimeRange, toTimestampMs } from './frame-range.ts';
import { planSamples } from './frame-sampling.ts';
import type { PictureRequest, Pictures } from './pictures.ts';
import type { VideoFacts } from './probe-video.ts';
import { sampleChanges } from './sample-changes.ts';
import { alikeBelow } from './skip-alike.ts';

/** One decoded frame of the video. */
export interface SampledFrame<Name extends string> {
  /** Index in the whole video, from 0 in order of presentation. */
  frameIndex: number;
  /** Presentation timestamp in integer milliseconds. */
  timestampMs: number;
  pictures: Pictures<Name>;
}

/** Which frames are wanted in which form, and how their extraction is bounded. */
export interface ExtractionOptions<Name extends string> {
  /** What is made of each frame; the smallest last. */
  pictures: readonly PictureRequest<Name>[];
  /**
   * The first frame at or after each point of a grid of 1/samplesPerSecond is taken; every frame when there are fewer, or
   * when it is Infinity. The grid begins at the first frame of the range.
   */
  samplesPerSecond: number;
  /**
   * Takes frames between the points of the grid too, before and after a visible change (see createAdaptiveSampler). Changes
   * are looked for in the picture of this name, which must be grey and small.
   */
  adaptTo?: Name;
  /** Only these frames; all unless given. */
  range?: TimeRange;
  /**
   * Only frames behind this one, by their index in the whole video: the others have been delivered by an earlier run
   * with the same options. Which frames are sampled does not depend on it. All unless given.
   */
  afterFrameIndex?: number;
  /** Most sampled frames of the whole range, those of earlier runs included. */
  maxFrames: number;
  /** Wall time, including the time the consumer takes, in seconds. */
  maxSeconds: number;
  signal: AbortSignal;
  /**
   * Told what is wrong with a video that is analysed all the same, each code at most once: before the frame that follows
   * upon what is wrong, or at the end.
   */
  onWarning?: (warning: ResultsWarning) => void;
}

const WHOLE_VIDEO: TimeRange = { startMs: 0, endMs: null };

/**
 * Decodes the sampled frames of a probed video, in order of presentation, with one ffmpeg at a time that runs no faster
 * than the frames are taken. Of a range, behind the frame of an earlier run, and between samples that lie far apart, little
 * more than what is wanted is decoded.
 * Of a damaged video, what can be decoded is delivered. Leaving the loop early, in whatever way, ends ffmpeg.
 * @throws AppError INVALID_ARGUMENT (no frame in the range), TOO_MANY_FRAMES (more than `maxFrames`), INVALID_VIDEO (not
 * one frame can be decoded), UNSUPPORTED_MEDIA (no decoder), DECODER_STALLED, DECODER_CRASHED, JOB_TIMED_OUT,
 * STORAGE_FAILED, TOOL_UNAVAILABLE; the signal's reason when it is aborted.
 */
export async function* extractFrames<Name extends string>(
  binaries: FfmpegBinaries,
  filePath: string,
  facts: VideoFacts,
  options: ExtractionOptions<Name>,
): AsyncGenerator<SampledFrame<Name>, void, undefined> {
  const { signal, maxFrames, samplesPerSecond, adaptTo, afterFrameIndex = -1 } = options;
  signal.throwIfAborted();
  const times = facts.presentationTimesMs;
  const wanted = framesWithin(times, options.range ?? WHOLE_VIDEO, facts.media.durationMs);
  const plan = planSamples(times, wanted, samplesPerSecond, afterFrameIndex);
  if (plan.count > maxFrames) throw tooManyFrames(plan.count, maxFrames);

  const { pictures, maxSeconds, onWarning } = options;
  const decoding = { binaries, filePath, facts, pictures, maxSeconds, signal, onWarning, afterFrameIndex };
  const firstTimeMs = times[wanted.from] ?? 0;
  const end = {
    frameIndex: plan.last,
    isMissing: facts.endsEarly && wanted.to === times.length,
    isFinal: true,
  };
  const sampled =
    adaptTo === undefined
      ? decodeSamples({ ...decoding, end, wanted, plan, samplesPerSecond })
      : sampleChanges(
          // What is sampled depends on all that came before, so all of it is decoded again.
          decodeFrames({
            ...decoding,
            end,
            range: wanted,
            filters: [],
            alikeBelow: alikeBelow(
              facts,
              pictures.find(({ name }) => name === adaptTo),
            ),
          }),
          { adaptTo, firstTimeMs, samplesPerSecond, maxExtra: maxFrames - plan.count },
        );
  let taken = adaptTo === undefined ? plan.countBefore : 0;
  for await (const { frameIndex, timeMs, repeated, pictures: made } of sampled) {
    if (taken === maxFrames) throw tooManyFrames(taken + 1, maxFrames);
    taken += 1;
    if (repeated || frameIndex <= afterFrameIndex) continue;
    yield { frameIndex, timestampMs: toTimestampMs(timeMs), pictures: made };
  }
}

function tooManyFrames(wanted: number, maximum: number): AppError {
  return new AppError(
    'TOO_MANY_FRAMES',
    `The video asks for ${wanted} sampled frames; the limit is ${maximum}. Choose fewer samples per second.`,
    { details: { limit: 'maxFrames', value: wanted, maximum } },
  );
}
