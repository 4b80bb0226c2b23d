import { AppError } from '../../src/errors.ts';
import type { DetectorFrame, DetectorInput } from '../../worker/detection/object-detector.ts';
import type { ImageSize } from '../../worker/fit-image.ts';
import type { RgbImage } from '../../worker/rgb-image.ts';
import { cutFrames } from '../../worker/frames/cut-frames.ts';
import type { FfmpegBinaries } from '../../worker/frames/ffmpeg-binaries.ts';
import { toFileUrl } from '../../worker/frames/probe-video.ts';
import { pictureBytes, pictureFilters, type PictureRequest } from '../../worker/frames/pictures.ts';
import { startFfmpeg } from '../../worker/frames/start-ffmpeg.ts';
import { failureOfRun } from '../../worker/frames/tool-failure.ts';

/** More than any photograph takes. */
const MAX_SECONDS = 60;
const MAX_PIXELS = 100_000_000;

/**
 * Decodes a JPEG file of the size `source` for a detector, by the filters that frames of videos go through.
 * @throws AppError INVALID_ARGUMENT when it is no JPEG of that size that can be decoded, DECODER_STALLED, DECODER_CRASHED,
 * TOOL_UNAVAILABLE; the signal's reason when it is aborted.
 */
export async function readPicture(
  binaries: FfmpegBinaries,
  filePath: string,
  source: ImageSize,
  input: DetectorInput,
  signal: AbortSignal,
): Promise<DetectorFrame> {
  signal.throwIfAborted();
  let decoded: ImageSize | undefined;
  const { width, height, fit } = input;
  const request: PictureRequest = { name: 'picture', pixels: 'rgb24', width, height, fit };
  const filters = ['showinfo', ...pictureFilters(source, request)].join(',');
  const bytes = pictureBytes(request);
  const run = startFfmpeg(binaries, {
    inputs: [
      {
        source: toFileUrl(filePath),
        options: ['-max_pixels', String(MAX_PIXELS), '-protocol_whitelist', 'file', '-f', 'jpeg_pipe'],
      },
    ],
    outputs: [{ options: ['-vf', filters, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', request.pixels] }],
    bufferBytes: [bytes],
    onLine: (line) => (decoded ??= sizeOf(line)),
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
    const isAsTold = decoded?.width === source.width && decoded.height === source.height;
    if (data === undefined || !isAsTold) throw undecodable(outcome.failure);
    return { image: { width, height, data }, source };
  } finally {
    await run.stop();
  }
}

/** The size that showinfo tells of a frame. */
function sizeOf(line: string): ImageSize | undefined {
  const [, width, height] = /\bn: *\d+ .* s:(\d+)x(\d+) /.exec(line) ?? [];
  return width === undefined ? undefined : { width: Number(width), height: Number(height) };
}

function undecodable(cause: Error | undefined): AppError {
  return new AppError(
    'INVALID_ARGUMENT',
    'The picture cannot be decoded, or is of another size than it was told to be. Give a JPEG file of at most 100 million pixels.',
    { cause },
  );
}
