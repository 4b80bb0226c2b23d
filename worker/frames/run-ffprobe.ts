import { spawn } from 'node:child_process';
import { AppError } from '../../src/errors.ts';

/** How one ffprobe is bounded. */
export interface FfprobeBounds {
  signal: AbortSignal;
  /** Wall time in milliseconds. */
  timeoutMs: number;
}

const STDERR_TAIL_CHARACTERS = 4_000;

/**
 * Runs ffprobe on one local MP4 and hands its output on piece by piece; returns when the child is gone.
 * fluent-ffmpeg has an ffprobe of its own, but it can neither be aborted nor bounded in time or output.
 * @throws AppError INVALID_VIDEO when ffprobe cannot read the file, JOB_TIMED_OUT, TOOL_UNAVAILABLE;
 * the signal's reason when it is aborted; whatever `onText` throws, which also ends the child.
 */
export async function runFfprobe(
  ffprobePath: string,
  fileUrl: string,
  options: readonly string[],
  onText: (text: string) => void,
  { signal, timeoutMs }: FfprobeBounds,
): Promise<void> {
  signal.throwIfAborted();
  // The demuxer is forced and only local files may be opened: a playlist that is named .mp4 stays unread.
  const input = ['-v', 'error', '-f', 'mov', '-protocol_whitelist', 'file', ...options, '-i', fileUrl];
  const child = spawn(ffprobePath, input, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });

  let stopped: { reason: unknown } | undefined;
  const stop = (reason: unknown): void => {
    stopped ??= { reason };
    child.kill('SIGKILL');
  };
  const onAbort = (): void => stop(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop(timedOut(timeoutMs)), timeoutMs);

  let stderrTail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stopped !== undefined) return;
    try {
      onText(text);
    } catch (error) {
      stop(error);
    }
  });

  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }).catch((error: unknown) => {
      throw new AppError(
        'TOOL_UNAVAILABLE',
        'ffprobe cannot be started. Install ffmpeg or set FFPROBE_PATH.',
        {
          cause: error,
        },
      );
    });
    if (stopped !== undefined) throw stopped.reason;
    if (exitCode !== 0) throw unreadable(exitCode, stderrTail);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function unreadable(exitCode: number | null, stderrTail: string): AppError {
  return new AppError(
    'INVALID_VIDEO',
    'The file is not an MP4 video that can be read: it may be another kind of file, or cut short. ' +
      'Export it again as MP4 and upload it once more.',
    { cause: new Error(`ffprobe ended with ${exitCode ?? 'a signal'}: ${stderrTail}`) },
  );
}

function timedOut(timeoutMs: number): AppError {
  return new AppError(
    'JOB_TIMED_OUT',
    `Reading the video's index took longer than ${Math.ceil(timeoutMs / 1000)} s. ` +
      'Split the video or try again when the machine is less busy.',
  );
}
