import { AppError } from '../../src/errors.ts';
import type { ToolOutcome } from './start-tool.ts';

/**
 * The error of a run that was cut off, whatever it had read until then; undefined when the run came to its own end, so
 * that it tells something of the file. `program` is ffmpeg or ffprobe, and `timedOut` says what took too long.
 */
export function failureOfRun(
  { ending, failure: cause }: ToolOutcome,
  program: 'ffmpeg' | 'ffprobe',
  timedOut: () => AppError,
): AppError | undefined {
  switch (ending) {
    case 'timed-out':
      return timedOut();
    case 'not-started':
      return new AppError(
        'TOOL_UNAVAILABLE',
        `${program} cannot be started. Install ffmpeg or set ${program.toUpperCase()}_PATH.`,
        { cause },
      );
    case 'stalled':
      return new AppError(
        'DECODER_STALLED',
        'The decoder got nothing done for longer than allowed and was ended. ' +
          'If that happens again, export the video again and submit that.',
        { cause },
      );
    case 'input-failed':
      return new AppError('STORAGE_FAILED', 'The stored video cannot be read. Check the storage folder.', {
        cause,
      });
    case 'crashed':
    case 'stopped':
      return new AppError(
        'DECODER_CRASHED',
        'The decoder was ended by a crash, a signal or its limits of memory and processor time. ' +
          'If that happens again, export the video again and submit that.',
        { cause },
      );
    default:
      return undefined;
  }
}
