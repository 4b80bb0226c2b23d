import { concludeExtraction, type ExpectedEnd } from './conclude-extraction.ts';
import { createPictureCutter } from './cut-pictures.ts';
import { openVideo, rawPictures } from './decoder-options.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { createFrameClock } from './frame-clock.ts';
import { type FrameRange, rangeFilters } from './frame-range.ts';
import { pictureBytes, type PictureRequest, type Pictures } from './pictures.ts';
import { frameIndexAt } from './presentation-times.ts';
import type { VideoFacts } from './probe-video.ts';
import { announcesEvery } from './skip-alike.ts';
import { startFfmpeg } from './start-ffmpeg.ts';
import { timePictures } from './time-pictures.ts';
import { createVideoWarnings } from './video-warnings.ts';
import type { ResultsWarning } from '../../src/results/results-document.ts';

/** One frame that passed ffmpeg's filters. */
export interface DecodedFrame<Name extends string> {
  frameIndex: number;
  /** Presentation time in milliseconds, with fractions. */
  timeMs: number;
  /** Whether no frame of this index is wanted: there was one already, or one of a later index. */
  repeated: boolean;
  pictures: Pictures<Name>;
  /**
   * Gives the memory of the pictures to frames that come later; nobody may look at them any more, also not at those of
   * other frames that share them.
   */
  recycle(): void;
}

/** One run of ffmpeg over a part of a video. */
export interface DecodingRequest<Name extends string> {
  binaries: FfmpegBinaries;
  filePath: string;
  facts: VideoFacts;
  range: FrameRange;
  /** ffmpeg's filter for those frames of the range that are wanted, if not all are. */
  filters: readonly string[];
  pictures: readonly PictureRequest<Name>[];
  /**
   * Frames that differ by less from the last that did not, in each block of 8x8 pixels (a sum of 0..255), share its
   * pictures: they come at little more than the cost of decoding. Unless given, every frame has pictures of its own.
   */
  alikeBelow?: number | undefined;
  /** Index of the last frame that was decoded before, so that none comes twice. */
  lastFrameIndex?: number | undefined;
  end: ExpectedEnd;
  /** Index of the last frame that an earlier run has delivered; -1 for none. */
  afterFrameIndex: number;
  maxSeconds: number;
  signal: AbortSignal;
  onWarning?: ((warning: ResultsWarning) => void) | undefined;
}

/**
 * Decodes frames of a probed video in order of presentation, with one ffmpeg that runs no faster than they are taken.
 * Leaving the loop early, in whatever way, ends ffmpeg.
 * @throws AppError as extractFrames does, but for the limits of the options.
 */
export async function* decodeFrames<Name extends string>(
  request: DecodingRequest<Name>,
): AsyncGenerator<DecodedFrame<Name>, void, undefined> {
  const { binaries, filePath, facts, range, pictures, end, maxSeconds, signal } = request;
  const times = facts.presentationTimesMs;
  const { alikeBelow } = request;
  const everyFrame = alikeBelow === undefined ? undefined : createFrameClock(announcesEvery);
  const clock = createFrameClock(everyFrame && ((line) => !announcesEvery(line)));
  const track = {
    codec: facts.media.videoCodec,
    streamIndex: facts.streamIndex,
    fromFirstFrame: range.from > 0,
  };
  const warnings = createVideoWarnings(track, (warning) => request.onWarning?.(warning));
  const run = startFfmpeg(binaries, {
    inputs: [await openVideo(binaries, filePath, facts, range)],
    ...rawPictures(
      binaries,
      facts,
      [...rangeFilters(times, range), ...request.filters],
      pictures,
      alikeBelow,
    ),
    bufferBytes: pictures.map(pictureBytes),
    onLine: (line) => {
      clock.readLine(line);
      everyFrame?.readLine(line);
      warnings.readLine(line);
    },
    signal,
    timeoutMs: maxSeconds * 1000,
    stallMs: binaries.stallMs,
  });
  void run.outcome.then(() => clock.end());
  void run.outcome.then(() => everyFrame?.end());

  let { lastFrameIndex } = request;
  try {
    const cutter = createPictureCutter(run.outputs, pictures);
    const wroteAll = async (): Promise<boolean> => {
      // When one output has ended, a decoder that crashed may have written more to the others: nobody reads it.
      run.discardOutput();
      const { ending } = await run.outcome;
      return ending === 'finished' || ending === 'gave-up';
    };
    for await (const { timeMs, pictures: cut } of timePictures({ cutter, clock, everyFrame, wroteAll })) {
      // Frames that lie in the buffers when the run is ended are not delivered any more.
      if (signal.aborted) break;
      const frameIndex = frameIndexAt(times, timeMs);
      const repeated = lastFrameIndex !== undefined && frameIndex <= lastFrameIndex;
      // A decoder makes up times where those of the file are damaged; earlier runs have told of what lies before.
      if (repeated && frameIndex > request.afterFrameIndex) warnings.warn('VIDEO_DAMAGED');
      if (!repeated) lastFrameIndex = frameIndex;
      run.expectOutput(false);
      yield { frameIndex, timeMs, repeated, pictures: cut, recycle: () => cutter.recycle(cut) };
      run.expectOutput(true);
    }
    const outcome = await run.outcome;
    signal.throwIfAborted();
    concludeExtraction(outcome, { lastFrameIndex, end, maxSeconds }, warnings);
  } finally {
    await run.stop();
  }
}
