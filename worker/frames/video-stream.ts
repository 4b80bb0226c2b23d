import { z } from 'zod';
import { AppError } from '../../src/errors.ts';
import type { ImageSize } from '../fit-image.ts';

/** ffprobe writes most numbers as text, and N/A where it knows none; both become a finite number or undefined. */
const lenientNumber = z
  .unknown()
  .transform((value) => {
    const number = typeof value === 'string' ? Number.parseFloat(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  })
  .optional();

const streamSchema = z.object({
  index: z.int().min(0),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: lenientNumber,
  height: lenientNumber,
  sample_aspect_ratio: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  color_space: z.string().optional(),
  pix_fmt: z.string().optional(),
  start_time: lenientNumber,
  duration: lenientNumber,
  nb_frames: lenientNumber,
  disposition: z.record(z.string(), z.number()).default({}),
  tags: z.object({ rotate: lenientNumber }).optional(),
  side_data_list: z.array(z.object({ rotation: lenientNumber })).default([]),
});

/** The part of ffprobe's `-show_streams -show_format` that is used. */
export const containerSchema = z.object({
  streams: z.array(streamSchema).default([]),
  format: z
    .object({ duration: lenientNumber, tags: z.object({ major_brand: z.string().optional() }).optional() })
    .default({}),
});

/** One track as ffprobe describes it; durations in seconds. */
export type ProbedStream = z.infer<typeof streamSchema>;

/** Pictures that accompany a recording instead of being one. */
const STILL_DISPOSITIONS = ['attached_pic', 'timed_thumbnails', 'still_image'];
const MAX_PIXEL_ASPECT = 10;

/**
 * The video track that a player would show: the first one flagged as default, else the first.
 * @throws AppError UNSUPPORTED_MEDIA when there is none, or its codec is unknown to ffmpeg.
 */
export function chooseVideoStream(streams: readonly ProbedStream[]): ProbedStream {
  const moving = streams.filter(
    (stream) =>
      stream.codec_type === 'video' && !STILL_DISPOSITIONS.some((name) => stream.disposition[name] === 1),
  );
  const chosen = moving.find((stream) => stream.disposition['default'] === 1) ?? moving[0];
  if (chosen === undefined) {
    const what = streams.some((stream) => stream.codec_type === 'audio') ? 'only sound' : 'no video track';
    throw new AppError(
      'UNSUPPORTED_MEDIA',
      `The file has ${what}: there are no moving pictures to analyse. Upload a file with a video track.`,
    );
  }
  if (chosen.codec_name === undefined || chosen.codec_name === 'unknown') {
    throw new AppError(
      'UNSUPPORTED_MEDIA',
      'The video track uses a codec that this service cannot decode. Convert the video to H.264 and upload it again.',
    );
  }
  return chosen;
}

/** The stored size of a track's pictures, before rotation; zero where the file does not tell. */
export function codedSize(stream: ProbedStream): ImageSize {
  return { width: stream.width ?? 0, height: stream.height ?? 0 };
}

/** The size at which a player shows the track: square pixels, turned upright. */
export function displayedSize(stream: ProbedStream): ImageSize {
  const coded = codedSize(stream);
  const width = Math.max(1, Math.round(coded.width * pixelAspect(stream)));
  return quarterTurned(stream) ? { width: coded.height, height: width } : { width, height: coded.height };
}

/** Transfer characteristics of high dynamic range (ITU-R BT.2100), as ffprobe names them: PQ and HLG. */
const HDR_TRANSFERS = new Set(['smpte2084', 'arib-std-b67']);

/** What a track of high dynamic range tells of its colours. */
export interface HighDynamicRange {
  /** Whether it tells which red, green and blue are meant. */
  knowsPrimaries: boolean;
  /** Whether it tells how brightness and colour are made of them, in a way that fits to its transfer characteristic. */
  knowsMatrix: boolean;
}

/** What ffprobe writes, if anything, where a file does not tell. */
const UNTOLD = new Set([undefined, 'unknown', 'reserved']);
/** BT.2020 with constant luminance: meant for the usual range alone, and a slip in files of high dynamic range. */
const CONSTANT_LUMINANCE = 'bt2020c';

/**
 * The colours of a track whose pictures are of high dynamic range, so that they look grey where that is not heeded;
 * undefined for others.
 */
export function highDynamicRangeOf(stream: ProbedStream): HighDynamicRange | undefined {
  const { color_transfer: transfer, color_primaries: primaries, color_space: matrix } = stream;
  if (transfer === undefined || !HDR_TRANSFERS.has(transfer)) return undefined;
  return {
    knowsPrimaries: !UNTOLD.has(primaries),
    knowsMatrix: !UNTOLD.has(matrix) && matrix !== CONSTANT_LUMINANCE,
  };
}

/** Width of a stored pixel divided by its height; 1 where the file tells nothing or nonsense. */
function pixelAspect(stream: ProbedStream): number {
  const aspect = parseRatio(stream.sample_aspect_ratio, ':');
  return aspect >= 1 / MAX_PIXEL_ASPECT && aspect <= MAX_PIXEL_ASPECT ? aspect : 1;
}

function quarterTurned(stream: ProbedStream): boolean {
  const sideData = stream.side_data_list.find((entry) => entry.rotation !== undefined);
  const degrees = sideData?.rotation ?? stream.tags?.rotate ?? 0;
  return Math.abs(Math.round(degrees / 90)) % 2 === 1;
}

/** The value of a ratio such as `30000/1001`; 0 when it has none. */
export function parseRatio(text: string | undefined, separator: '/' | ':'): number {
  const [numerator = 0, denominator = 0] = (text ?? '').split(separator).map(Number);
  const value = numerator / denominator;
  return Number.isFinite(value) && value > 0 ? value : 0;
}
