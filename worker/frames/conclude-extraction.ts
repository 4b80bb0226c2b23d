import { AppError } from '../../src/errors.ts';
import type { ToolOutcome } from './start-tool.ts';
import { failureOfRun } from './tool-failure.ts';
import type { VideoWarnings } from './video-warnings.ts';

/** What is known of the end of a run, before anything is decoded. */
export interface ExpectedEnd {
  /** Index of the last frame that is to be delivered. */
  frameIndex: number;
  /** Whether the end of the video is wanted, and the file does not hold it. */
  isMissing: boolean;
  /** Whether no other run over the same video follows upon this one. */
  isFinal: boolean;
}

/** How far an extraction has come. */
export interface ExtractionProgress {
  /** Index of the last frame that was decoded, now or by the run that this one continues; undefined for none at all. */
  lastFrameIndex: number | undefined;
  end: ExpectedEnd;
  maxSeconds: number;
}

/**
 * An index may list a picture's two halves one by one, so that the last entry but one is the last picture of a video
 * that is whole.
 */
const LISTED_BEHIND_LAST_FRAME = 1;

/**
 * Judges a run of ffmpeg that is over. What could be decoded of a damaged video counts, with a warning; that the decoder
 * itself was cut off is an error, because the rest of the video may be sound.
 * @throws AppError as extractFrames does.
 */
export function concludeExtraction(
  outcome: ToolOutcome,
  { lastFrameIndex, end, maxSeconds }: ExtractionProgress,
  warnings: VideoWarnings,
): void {
  const failure = failureOfRun(outcome, 'ffmpeg', () => timedOut(maxSeconds));
  if (failure !== undefined) throw failure;
  if (!end.isFinal) {
    if (lastFrameIndex === undefined || lastFrameIndex < end.frameIndex) warnings.warn('VIDEO_DAMAGED');
    return;
  }
  if (lastFrameIndex === undefined) throw nothingDecoded(outcome.failure);
  if (end.isMissing || lastFrameIndex + LISTED_BEHIND_LAST_FRAME < end.frameIndex)
    warnings.warn('VIDEO_TRUNCATED');
  const isExplained = warnings.has('VIDEO_DAMAGED') || warnings.has('VIDEO_TRUNCATED');
  if (outcome.ending === 'gave-up' && !isExplained) warnings.warn('VIDEO_TRUNCATED');
}

function timedOut(maxSeconds: number): AppError {
  return new AppError(
    'JOB_TIMED_OUT',
    `The analysis took longer than ${maxSeconds} s. Choose fewer samples per second, or split the video.`,
  );
}

function nothingDecoded(cause: Error | undefined): AppError {
  if (cause !== undefined && /Decoder .*not found|no decoder found/i.test(cause.message)) {
    return new AppError(
      'UNSUPPORTED_MEDIA',
      'The video track uses a codec that this service cannot decode. Convert the video to H.264 and upload it again.',
      { cause },
    );
  }
  return new AppError(
    'INVALID_VIDEO',
    'Not one frame of the video could be decoded. Export it again as MP4 and upload it once more.',
    { cause },
  );
}
