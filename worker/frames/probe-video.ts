import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '../../src/errors.ts';
import type { MediaInfo } from '../../src/results/results-document.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { type FrameTimes, listFrameTimes } from './presentation-times.ts';
import { type FfprobeBounds, runFfprobe } from './run-ffprobe.ts';
import {
  chooseVideoStream,
  codedSize,
  containerSchema,
  displayedSize,
  type HighDynamicRange,
  highDynamicRangeOf,
  parseRatio,
  type ProbedStream,
} from './video-stream.ts';

/** What the operator allows a video to be. */
export interface VideoLimits {
  maxDurationSeconds: number;
  /** Width times height. */
  maxFramePixels: number;
  /** Wall time for each of the two passes over the file, in milliseconds; 10 minutes unless given. */
  probeTimeoutMs?: number;
}

/** Everything about a video that the extraction of its frames needs. */
export interface VideoFacts extends FrameTimes {
  media: MediaInfo;
  /** Index of the analysed track among all tracks of the file. */
  streamIndex: number;
  /** Undefined for the usual range. */
  highDynamicRange: HighDynamicRange | undefined;
  /** ffmpeg's name of how pixels are stored; undefined where the file does not tell. */
  pixelFormat: string | undefined;
  /** Whether the header promises more frames than the file holds, and a later end. */
  endsEarly: boolean;
  /** The limit that was in force, for decoders that meet larger frames than the header announces. */
  maxFramePixels: number;
}

type Container = ReturnType<typeof containerSchema.parse>;

const PROBE_TIMEOUT_MS = 600_000;
/**
 * ffprobe decodes a frame or two, and larger ones would cost it too much memory. It tells no size at all of what it
 * may not decode, so this lies far above the operator's limit, which is checked on what it tells.
 */
const PROBE_MAX_PIXELS = 16_384 * 8_192;
/** So much may be missing at the end of a track without a word about it. */
const MAX_MISSING_MS = 500;
const MAX_DESCRIPTION_CHARACTERS = 4_000_000;

/**
 * Reads a local MP4's header and index without decoding the video.
 * @throws AppError INVALID_VIDEO (not a readable MP4), UNSUPPORTED_MEDIA (nothing to analyse in it),
 * VIDEO_TOO_LONG or FRAME_TOO_LARGE (above a limit), JOB_TIMED_OUT, DECODER_STALLED, DECODER_CRASHED, STORAGE_FAILED;
 * the signal's reason when it is aborted.
 */
export async function probeVideo(
  binaries: FfmpegBinaries,
  filePath: string,
  limits: VideoLimits,
  signal: AbortSignal,
): Promise<VideoFacts> {
  await requireReadable(filePath);
  const bounds = { signal, timeoutMs: limits.probeTimeoutMs ?? PROBE_TIMEOUT_MS };
  const fileUrl = toFileUrl(filePath);
  const container = await describeContainer(binaries, fileUrl, bounds);
  const stream = chooseVideoStream(container.streams);
  checkFrameSize(stream, limits);
  checkDuration(statedDuration(container), limits);

  const times = await listFrameTimes(binaries, fileUrl, stream.index, bounds);
  const media = mediaInfo(container, stream, times.presentationTimesMs);
  // The header may understate what the index holds.
  checkDuration(media.durationMs / 1000, limits);
  const { maxFramePixels } = limits;
  return {
    media,
    streamIndex: stream.index,
    highDynamicRange: highDynamicRangeOf(stream),
    pixelFormat: stream.pix_fmt,
    ...times,
    endsEarly: endsEarly(stream, times, media.framesPerSecond),
    maxFramePixels,
  };
}

/** How ffmpeg and ffprobe are told to open a local file, whatever characters its name begins with. */
export function toFileUrl(filePath: string): string {
  return `file:${resolve(filePath)}`;
}

async function requireReadable(filePath: string): Promise<void> {
  await access(filePath, constants.R_OK).catch((error: unknown) => {
    throw new AppError('STORAGE_FAILED', 'The stored video cannot be read. Check the storage folder.', {
      cause: error,
    });
  });
}

async function describeContainer(
  binaries: FfmpegBinaries,
  fileUrl: string,
  bounds: FfprobeBounds,
): Promise<Container> {
  let text = '';
  const options = ['-max_pixels', String(PROBE_MAX_PIXELS), '-show_streams', '-show_format', '-of', 'json'];
  const collect = (part: string): void => {
    text += part;
    if (text.length > MAX_DESCRIPTION_CHARACTERS)
      throw damagedHeader(new Error('The description is too long.'));
  };
  await runFfprobe(binaries, fileUrl, options, collect, bounds);
  try {
    return containerSchema.parse(JSON.parse(text));
  } catch (error) {
    throw damagedHeader(error);
  }
}

function damagedHeader(cause: unknown): AppError {
  return new AppError(
    'INVALID_VIDEO',
    "The video's header is damaged. Export the video again as MP4 and upload it once more.",
    { cause },
  );
}

function checkFrameSize(stream: ProbedStream, limits: VideoLimits): void {
  const { width, height } = codedSize(stream);
  const pixels = width * height;
  if (pixels === 0) throw damagedHeader(new Error('The header tells no picture size.'));
  if (pixels <= limits.maxFramePixels) return;
  throw new AppError(
    'FRAME_TOO_LARGE',
    `The video has frames of ${width}x${height} = ${pixels} pixels; the limit is ${limits.maxFramePixels}. ` +
      'Scale it down and upload it again.',
    { details: { limit: 'maxFramePixels', value: pixels, maximum: limits.maxFramePixels } },
  );
}

function checkDuration(seconds: number, limits: VideoLimits): void {
  if (seconds <= limits.maxDurationSeconds) return;
  throw new AppError(
    'VIDEO_TOO_LONG',
    `The video lasts ${seconds.toFixed(1)} s; the limit is ${limits.maxDurationSeconds} s. ` +
      'Split it and upload the parts.',
    { details: { limit: 'maxDurationSeconds', value: seconds, maximum: limits.maxDurationSeconds } },
  );
}

/** Seconds until the last track ends. The file's own header is asked last, because damaged ones lie about it. */
function statedDuration(container: Container): number {
  const ends = container.streams.flatMap(({ start_time: start = 0, duration }) =>
    duration === undefined ? [] : [Math.max(0, start) + duration],
  );
  return ends.length > 0 ? Math.max(...ends) : (container.format.duration ?? 0);
}

/**
 * A demuxer stops without a word where a damaged index leads out of the file. Both the number of frames and the end must
 * fall short of what the header says, because each alone may be stated carelessly.
 */
function endsEarly(stream: ProbedStream, times: FrameTimes, framesPerSecond: number): boolean {
  const { start_time: start, duration, nb_frames: stated } = stream;
  if (start === undefined || duration === undefined || stated === undefined) return false;
  const missingMs = (start + duration) * 1000 - times.endMs;
  const tolerableMs = Math.max(MAX_MISSING_MS, (2 * 1000) / Math.max(framesPerSecond, 1));
  return times.listedFrames < stated && missingMs > tolerableMs;
}

function mediaInfo(container: Container, stream: ProbedStream, times: Float64Array): MediaInfo {
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? first;
  const statedRate = parseRatio(stream.avg_frame_rate, '/');
  // Counted rather than stated: headers of variable-rate, cut and fragmented files often state another rate.
  const meanRate = last > first ? ((times.length - 1) * 1000) / (last - first) : statedRate;
  const endMs = last + (meanRate > 0 ? 1000 / meanRate : 0);
  return {
    container: container.format.tags?.major_brand?.startsWith('qt') === true ? 'mov' : 'mp4',
    videoCodec: stream.codec_name ?? 'unknown',
    ...displayedSize(stream),
    durationMs: Math.round(Math.max(statedDuration(container) * 1000, last > first ? last : endMs)),
    framesPerSecond: Math.round(meanRate * 1000) / 1000,
    frameCount: times.length,
    hasAudio: container.streams.some((each) => each.codec_type === 'audio'),
  };
}
