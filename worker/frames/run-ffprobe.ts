import { AppError } from '../../src/errors.ts';
import type { FfmpegBinaries } from './ffmpeg-binaries.ts';
import { startTool } from './start-tool.ts';
import { failureOfRun } from './tool-failure.ts';

/** How one ffprobe is bounded. */
export interface FfprobeBounds {
  signal: AbortSignal;
  /** Wall time in milliseconds. */
  timeoutMs: number;
}

/**
 * Runs ffprobe on one local MP4 and hands its output on piece by piece; returns when the child is gone.
 * fluent-ffmpeg has an ffprobe of its own, but it can neither be aborted nor bounded in time or output.
 * @throws AppError INVALID_VIDEO when ffprobe cannot read the file, JOB_TIMED_OUT, DECODER_STALLED, DECODER_CRASHED,
 * TOOL_UNAVAILABLE; the signal's reason when it is aborted; whatever `onText` throws, which also ends the child.
 */
export async function runFfprobe(
  binaries: FfmpegBinaries,
  fileUrl: string,
  options: readonly string[],
  onText: (text: string) => void,
  { signal, timeoutMs }: FfprobeBounds,
): Promise<void> {
  signal.throwIfAborted();
  const { ffprobePath, confinement, stallMs } = binaries;
  // The demuxer is forced and only local files may be opened: a playlist that is named .mp4 stays unread.
  const input = ['-v', 'level+error', '-f', 'mov', '-protocol_whitelist', 'file', ...options, '-i', fileUrl];
  const run = startTool({ program: ffprobePath, args: input, confinement, signal, timeoutMs, stallMs });
  try {
    for await (const text of run.output.setEncoding('utf8')) onText(String(text));
    const outcome = await run.outcome;
    signal.throwIfAborted();
    const failure = failureOfRun(outcome, 'ffprobe', () => timedOut(timeoutMs));
    if (failure !== undefined) throw failure;
    if (outcome.ending === 'gave-up') throw unreadable(outcome.failure);
  } finally {
    await run.stop();
  }
}

function unreadable(cause: unknown): AppError {
  return new AppError(
    'INVALID_VIDEO',
    'The file is not an MP4 video that can be read: it may be another kind of file, or cut short. ' +
      'Export it again as MP4 and upload it once more.',
    { cause },
  );
}

function timedOut(timeoutMs: number): AppError {
  return new AppError(
    'JOB_TIMED_OUT',
    `Reading the video's index took longer than ${Math.ceil(timeoutMs / 1000)} s. ` +
      'Split the video or try again when the machine is less busy.',
  );
}
