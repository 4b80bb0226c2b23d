import { AppError } from '../../src/errors.ts';
import type { RgbImage } from '../rgb-image.ts';
import { cutFrames } from './cut-frames.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { createFrameClock } from './frame-clock.ts';
import {
  type FrameRange,
  framesWithin,
  rangeFilters,
  seekTimeMs,
  type TimeRange,
  toTimestampMs,
} from './frame-range.ts';
import { countSamples, deliveredSize, samplingFilter } from './frame-sampling.ts';
import { frameIndexAt } from './presentation-times.ts';
import { toFileUrl, type VideoFacts } from './probe-video.ts';
import { hasSegmentIndex, openWithoutSegmentIndex } from './segment-index.ts';
import { createFfmpegOutput, type FfmpegOutcome, type FfmpegRequest, startFfmpeg } from './start-ffmpeg.ts';

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
  maxFrames: number;
  /** Frames with a longer side are shrunk to it, in pixels; 1280 unless given. */
  maxFrameSide?: number;
  /** Wall time, including the time the consumer takes, in seconds. */
  maxSeconds: number;
  signal: AbortSignal;
}

const DEFAULT_FRAME_SIDE = 1280;
const WHOLE_VIDEO: TimeRange = { startMs: 0, endMs: null };

/**
 * Decodes the sampled frames of a probed video, in order of presentation, with one ffmpeg that runs no faster than
 * the frames are taken. Of a range, little more than the range itself is decoded. Leaving the loop early, in whatever
 * way, ends ffmpeg.
 * @throws AppError INVALID_ARGUMENT (no frame in the range), TOO_MANY_FRAMES (more than `maxFrames`), INVALID_VIDEO (damaged), UNSUPPORTED_MEDIA (no decoder),
 * JOB_TIMED_OUT; the signal's reason when it is aborted.
 */
export async function* extractFrames(
  binaries: FfmpegBinaries,
  filePath: string,
  facts: VideoFacts,
  options: ExtractionOptions,
): AsyncGenerator<SampledFrame, void, undefined> {
  const { signal, maxFrames } = options;
  signal.throwIfAborted();
  const times = facts.presentationTimesMs;
  const range = framesWithin(times, options.range ?? WHOLE_VIDEO, facts.media.durationMs);
  const planned = countSamples(times.subarray(range.from, range.to), options.samplesPerSecond);
  if (planned > maxFrames) throw tooManyFrames(planned, maxFrames);

  const size = deliveredSize(facts.media, options.maxFrameSide ?? DEFAULT_FRAME_SIDE);
  const frameBytes = size.width * size.height * 3;
  const clock = createFrameClock();
  const output = createFfmpegOutput(frameBytes);
  const run = startFfmpeg({
    ffmpegPath: binaries.ffmpegPath,
    inputs: [await openInput(binaries, filePath, facts, range)],
    outputOptions: outputOptions(binaries, facts, range, options.samplesPerSecond, size),
    output,
    onLine: (line) => clock.readLine(line),
    signal,
    timeoutMs: options.maxSeconds * 1000,
  });
  void run.outcome.then(() => clock.end());

  let delivered = 0;
  let lastMs = 0;
  try {
    for await (const data of cutFrames(output, frameBytes)) {
      const timeMs = await clock.next();
      // Frames that lie in the buffers when the run is ended are not delivered any more.
      if (timeMs === undefined || signal.aborted) break;
      if (delivered === maxFrames) throw tooManyFrames(delivered + 1, maxFrames);
      delivered += 1;
      lastMs = toTimestampMs(timeMs);
      const frameIndex = frameIndexAt(times, timeMs);
      yield { frameIndex, timestampMs: lastMs, image: { ...size, data } };
    }
    const outcome = await run.outcome;
    signal.throwIfAborted();
    requireSuccess(outcome, delivered, lastMs, options.maxSeconds);
  } finally {
    await run.stop();
  }
}

/** The forced demuxer and the only permitted protocol keep a file from making ffmpeg open something else. */
async function openInput(
  binaries: FfmpegBinaries,
  filePath: string,
  facts: VideoFacts,
  range: FrameRange,
): Promise<FfmpegRequest['inputs'][number]> {
  const masked = binaries.misreadsSegmentIndex && (await hasSegmentIndex(filePath));
  const bounds = [
    '-max_pixels',
    String(facts.maxFramePixels),
    '-protocol_whitelist',
    masked ? 'pipe' : 'file',
  ];
  // What is read through a pipe cannot be sought in: there, only the filter finds the range.
  const seek = masked ? [] : seekOptions(facts, range);
  return {
    source: masked ? openWithoutSegmentIndex(filePath) : toFileUrl(filePath),
    options: ['-hide_banner', '-nostdin', '-nostats', '-copyts', ...bounds, ...seek, '-f', 'mov'],
  };
}

/**
 * Spares ffmpeg what lies long before the range. Which frames are delivered does not depend on it: ffmpeg must not cut
 * anything away on its own account.
 */
function seekOptions(facts: VideoFacts, { from }: FrameRange): string[] {
  const seekMs = from === 0 ? null : seekTimeMs(facts.seekPoints, facts.presentationTimesMs[from] ?? 0);
  if (seekMs === null) return [];
  return ['-seek_timestamp', '1', '-noaccurate_seek', '-ss', (seekMs / 1000).toFixed(6)];
}

function outputOptions(
  binaries: FfmpegBinaries,
  facts: VideoFacts,
  range: FrameRange,
  samplesPerSecond: number,
  { width, height }: { width: number; height: number },
): string[] {
  const times = facts.presentationTimesMs;
  const sampling = samplingFilter(times[range.from] ?? 0, samplesPerSecond);
  // A constant size, because raw pictures can only be cut apart when none differs, even if the video changes midway.
  const size = `scale=${width}:${height}`;
  const filters = [...rangeFilters(times, range), sampling, 'showinfo', size].join(',');
  const format = ['-f', 'rawvideo', '-pix_fmt', 'rgb24'];
  return ['-map', `0:${facts.streamIndex}`, '-vf', filters, ...binaries.passthroughOptions, ...format];
}

function requireSuccess(outcome: FfmpegOutcome, delivered: number, lastMs: number, maxSeconds: number): void {
  const { failure } = outcome;
  if (!outcome.started) {
    throw new AppError('TOOL_UNAVAILABLE', 'ffmpeg cannot be started. Install ffmpeg or set FFMPEG_PATH.', {
      cause: failure,
    });
  }
  if (outcome.timedOut) {
    throw new AppError(
      'JOB_TIMED_OUT',
      `The analysis took longer than ${maxSeconds} s. Choose fewer samples per second, or split the video.`,
    );
  }
  if (failure === undefined && delivered > 0) return;
  if (failure !== undefined && delivered > 0) {
    throw new AppError(
      'INVALID_VIDEO',
      `The video is truncated or damaged after ${lastMs} ms. Export it again and upload it once more.`,
      { cause: failure, details: { lastTimestampMs: lastMs } },
    );
  }
  if (failure !== undefined && /Decoder .*not found|no decoder found/i.test(failure.message)) {
    throw new AppError(
      'UNSUPPORTED_MEDIA',
      'The video track uses a codec that this service cannot decode. Convert the video to H.264 and upload it again.',
      { cause: failure },
    );
  }
  throw new AppError(
    'INVALID_VIDEO',
    'Not one frame of the video could be decoded. Export it again as MP4 and upload it once more.',
    { cause: failure },
  );
}

function tooManyFrames(wanted: number, maximum: number): AppError {
  return new AppError(
    'TOO_MANY_FRAMES',
    `The video asks for ${wanted} sampled frames; the limit is ${maximum}. Choose fewer samples per second.`,
    { details: { limit: 'maxFrames', value: wanted, maximum } },
  );
}
