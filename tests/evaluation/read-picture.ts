import { AppError } from '../../src/errors.ts';
import type { ImageFit, ImageSize } from '../../worker/fit-image.ts';
import type { RgbImage } from '../../worker/rgb-image.ts';
import { cutFrames } from '../../worker/frames/cut-frames.ts';
import type { FfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { toFileUrl } from '../../worker/frames/probe-video.ts';
import { COLOUR_SCALERS } from '../../worker/frames/pictures.ts';
import { startFfmpeg } from '../../worker/frames/start-ffmpeg.ts';
import { failureOfRun } from '../../worker/frames/tool-failure.ts';

/** A picture that was fitted into a size, and what it was before. */
export interface FittedPicture {
  image: RgbImage;
  source: ImageSize;
}

/** More than any photograph takes. */
const MAX_SECONDS = 60;
const MAX_PIXELS = 100_000_000;

/**
 * Decodes a JPEG file and fits it into `size`, as placeImage of fit-image.ts does; bars are RGB 114.
 * @throws AppError INVALID_ARGUMENT when it is no JPEG that can be decoded, DECODER_STALLED, DECODER_CRASHED,
 * TOOL_UNAVAILABLE; the signal's reason when it is aborted.
 */
export async function readPicture(
  binaries: FfmpegBinaries,
  filePath: string,
  { size, fit }: { size: ImageSize; fit: ImageFit },
  signal: AbortSignal,
): Promise<FittedPicture> {
  signal.throwIfAborted();
  let source: ImageSize | undefined;
  const bytes = size.width * size.height * 3;
  const run = startFfmpeg(binaries, {
    inputs: [
      {
        source: toFileUrl(filePath),
        options: ['-max_pixels', String(MAX_PIXELS), '-protocol_whitelist', 'file', '-f', 'jpeg_pipe'],
      },
    ],
    outputs: [
      { options: ['-vf', fittingChain(size, fit), '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24'] },
    ],
    bufferBytes: [bytes],
    onLine: (line) => (source ??= sizeOf(line)),
    signal,
    timeoutMs: MAX_SECONDS * 1000,
    stallMs: binaries.stallMs,
  });
  try {
    let data: RgbImage['data'] | undefined;
    for await (const frame of cutFrames(run.output, bytes)) data ??= frame;
    const outcome = await run.outcome;
    signal.throwIfAborted();
    const failure = failureOfRun(outcome, 'ffmpeg', () => undecodable(outcome.failure));
    if (failure !== undefined) throw failure;
    if (data === undefined || source === undefined) throw undecodable(outcome.failure);
    return { image: { ...size, data }, source };
  } finally {
    await run.stop();
  }
}

/** The filters that do what placeImage computes, for a picture whose size is not known yet. */
function fittingChain({ width, height }: ImageSize, fit: ImageFit): string {
  const target = `${width}:${height}`;
  if (fit === 'stretch') return `showinfo,scale=${target}:flags=${COLOUR_SCALERS[fit]}`;
  const scale = `min(${width}/iw,${height}/ih)`;
  const side = (own: string, limit: number): string => `'clip(round(${own}*${scale}),1,${limit})'`;
  const middle = (outer: string, inner: string): string => `'floor((${outer}-${inner})/2)'`;
  return [
    'showinfo',
    `scale=${side('iw', width)}:${side('ih', height)}:flags=${COLOUR_SCALERS[fit]}`,
    'format=rgb24',
    `pad=${target}:${middle('ow', 'iw')}:${middle('oh', 'ih')}:color=0x727272`,
  ].join(',');
}

/** The size that showinfo tells of a frame. */
function sizeOf(line: string): ImageSize | undefined {
  const [, width, height] = /\bn: *\d+ .* s:(\d+)x(\d+) /.exec(line) ?? [];
  return width === undefined ? undefined : { width: Number(width), height: Number(height) };
}

function undecodable(cause: Error | undefined): AppError {
  return new AppError(
    'INVALID_ARGUMENT',
    'The picture cannot be decoded. Give a JPEG file of at most 100 million pixels.',
    { cause },
  );
}
