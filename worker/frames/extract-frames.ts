import { AppError } from '../../src/errors.ts';
import type { ResultsWarning } from '../../src/results/results-document.ts';
import type { RgbImage } from '../rgb-image.ts';
import { concludeExtraction } from './conclude-extraction.ts';
import { cutFrames } from './cut-frames.ts';
import { openVideo, rawFrames } from './decoder-options.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { createFrameClock } from './frame-clock.ts';
import { framesWithin, rangeFilters, type TimeRange, toTimestampMs } from './frame-range.ts';
import { deliveredSize, planSamples, samplingFilter } from './frame-sampling.ts';
import { frameIndexAt } from './presentation-times.ts';
import type { VideoFacts } from './probe-video.ts';
import { startFfmpeg } from './start-ffmpeg.ts';
import { createVideoWarnings } from './video-warnings.ts';

/** One decoded frame of the video. */
export interface SampledFrame {
  /** Index in the whole video, from 0 in order of presentation. */
  frameIndex: number;
  /** Presentation timestamp in integer milliseconds. */
  timestampMs: number;
  image: RgbImage;
}

/** Which frames are wanted, and how their extraction is bounded. */
export interface ExtractionOptions {
  /**
   * The first frame at or after each point of a grid of 1/samplesPerSecond is taken; every frame when there are fewer.
   * The grid begins at the first frame of the range.
   */
  samplesPerSecond: number;
  /** Only these frames; all unless given. */
  range?: TimeRange;
  /**
   * Only frames behind this one, by their index in the whole video: the others have been delivered by an earlier run
   * with the same options. Which frames are sampled does not depend on it. All unless given.
   */
  afterFrameIndex?: number;
  /** Most sampled frames of the whole range, those of earlier runs included. */
  maxFrames: number;
  /** Frames with a longer side are shrunk to it, in pixels; 1280 unless given. */
  maxFrameSide?: number;
  /** Wall time, including the time the consumer takes, in seconds. */
  maxSeconds: number;
  signal: AbortSignal;
  /**
   * Told what is wrong with a video that is analysed all the same, each code at most once: before the frame that follows
   * upon what is wrong, or at the end.
   */
  onWarning?: (warning: ResultsWarning) => void;
}

const DEFAULT_FRAME_SIDE = 1280;
const WHOLE_VIDEO: TimeRange = { startMs: 0, endMs: null };

/**
 * Decodes the sampled frames of a probed video, in order of presentation, with one ffmpeg that runs no faster than
 * the frames are taken. Of a range, or behind the frame of an earlier run, little more than what is wanted is decoded.
 * Of a damaged video, what can be decoded is delivered. Leaving the loop early, in whatever way, ends ffmpeg.
 * @throws AppError INVALID_ARGUMENT (no frame in the range), TOO_MANY_FRAMES (more than `maxFrames`), INVALID_VIDEO (not
 * one frame can be decoded), UNSUPPORTED_MEDIA (no decoder), DECODER_STALLED, DECODER_CRASHED, JOB_TIMED_OUT,
 * STORAGE_FAILED, TOOL_UNAVAILABLE; the signal's reason when it is aborted.
 */
export async function* extractFrames(
  binaries: FfmpegBinaries,
  filePath: string,
  facts: VideoFacts,
  options: ExtractionOptions,
): AsyncGenerator<SampledFrame, void, undefined> {
  const { signal, maxFrames, maxSeconds, samplesPerSecond, afterFrameIndex = -1 } = options;
  signal.throwIfAborted();
  const times = facts.presentationTimesMs;
  const wanted = framesWithin(times, options.range ?? WHOLE_VIDEO, facts.media.durationMs);
  const plan = planSamples(times, wanted, samplesPerSecond, afterFrameIndex);
  if (plan.count > maxFrames) throw tooManyFrames(plan.count, maxFrames);
  // The last frame of the earlier run comes once more and is passed over: it is the one that the next is chosen by.
  const range = { from: plan.resumeAt ?? wanted.from, to: wanted.to };

  const size = deliveredSize(facts.media, options.maxFrameSide ?? DEFAULT_FRAME_SIDE);
  const frameBytes = size.width * size.height * 3;
  const clock = createFrameClock();
  const track = {
    codec: facts.media.videoCodec,
    streamIndex: facts.streamIndex,
    fromFirstFrame: range.from > 0,
  };
  const warnings = createVideoWarnings(track, (warning) => options.onWarning?.(warning));
  const sampling = samplingFilter(times[wanted.from] ?? 0, samplesPerSecond);
  const run = startFfmpeg(binaries, {
    inputs: [await openVideo(binaries, filePath, facts, range)],
    outputOptions: rawFrames(binaries, facts, [...rangeFilters(times, range), sampling], size),
    bufferBytes: frameBytes,
    onLine: (line) => {
      clock.readLine(line);
      warnings.readLine(line);
    },
    signal,
    timeoutMs: maxSeconds * 1000,
    stallMs: binaries.stallMs,
  });
  void run.outcome.then(() => clock.end());

  let taken = plan.countBefore;
  let lastFrameIndex = plan.resumeAt;
  try {
    for await (const data of cutFrames(run.output, frameBytes)) {
      const timeMs = await clock.next();
      // Frames that lie in the buffers when the run is ended are not delivered any more.
      if (timeMs === undefined || signal.aborted) break;
      if (taken === maxFrames) throw tooManyFrames(taken + 1, maxFrames);
      taken += 1;
      const frameIndex = frameIndexAt(times, timeMs);
      const isNext = lastFrameIndex === undefined || frameIndex > lastFrameIndex;
      if (isNext) lastFrameIndex = frameIndex;
      if (frameIndex <= afterFrameIndex) continue;
      if (!isNext) {
        // A decoder makes up times where those of the file are damaged, and no index may come twice.
        warnings.warn('VIDEO_DAMAGED');
        continue;
      }
      run.expectOutput(false);
      yield { frameIndex, timestampMs: toTimestampMs(timeMs), image: { ...size, data } };
      run.expectOutput(true);
    }
    const outcome = await run.outcome;
    signal.throwIfAborted();
    const missesEnd = facts.endsEarly && wanted.to === times.length;
    concludeExtraction(outcome, { lastFrameIndex, plan, missesEnd, maxSeconds }, warnings);
  } finally {
    await run.stop();
  }
}

function tooManyFrames(wanted: number, maximum: number): AppError {
  return new AppError(
    'TOO_MANY_FRAMES',
    `The video asks for ${wanted} sampled frames; the limit is ${maximum}. Choose fewer samples per second.`,
    { details: { limit: 'maxFrames', value: wanted, maximum } },
  );
}
