import { constants } from 'node:os';

/** How a run of ffmpeg or ffprobe ended. */
export type ToolEnding =
  /** By itself, with exit code 0. */
  | 'finished'
  /** By itself, with another exit code. */
  | 'gave-up'
  /** By a signal that was not ours, or for want of memory. */
  | 'crashed'
  /** There was no such program to run. */
  | 'not-started'
  /** We ended it, because it got nothing done, took too long, had unreadable input, or is no longer wanted. */
  | 'stalled'
  | 'timed-out'
  | 'input-failed'
  | 'stopped';

/** Exit codes of nice, prlimit and setpriv when the program behind them cannot be executed, or is not there. */
const NOT_EXECUTED = new Set([126, 127]);
/** Signals that a faulty or limited program gets; a shell that runs it exits with 128 more than their numbers. */
const FATAL_SIGNALS = [
  'SIGILL',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGXCPU',
  'SIGSYS',
] as const;
const FATAL_EXIT_CODES = new Set(FATAL_SIGNALS.map((signal) => 128 + constants.signals[signal]));

/** ffmpeg goes on where memory or threads cannot be had, and often ends as if the rest of the video were damaged. */
const OUT_OF_MEMORY = new RegExp(
  'cannot allocate memory|out of memory|memory exhausted|failed to allocate|allocation failed|bad_alloc' +
    '|resource temporarily unavailable|failed to map segment',
  'i',
);
/** True packets are small: one for which there is no memory has its size from a damaged index. The line is ffmpeg 5's. */
const ABSURD_PACKET = /^\[error\] (?:file|pipe):.*: cannot allocate memory$/i;
/** For want of memory, unless the picture is larger than allowed: then that has been said before. */
const NO_PICTURE = /get_buffer\(\) failed/;
const PICTURE_TOO_LARGE = /Picture size \S+ is invalid/;
/** What the file says of itself stands in lines that begin like this: it may say anything. */
const DESCRIPTION = '[info] ';
/** ffmpeg takes most signals for a request to finish early, and would pass for one that read the file to its end. */
const SIGNALLED = /^\[info\] Exiting normally, received signal|^(?:\[\w+\] )?Received > \d+ system signals/;

/** Reads standard error for signs that a run was cut off, whatever its exit code will be. */
export interface CrashSigns {
  readLine(line: string): void;
  seen(): boolean;
}

/** See CrashSigns; for one run. */
export function createCrashSigns(): CrashSigns {
  let seen = false;
  let hasLargePicture = false;
  return {
    readLine(line) {
      if (SIGNALLED.test(line)) seen = true;
      if (line.startsWith(DESCRIPTION) || ABSURD_PACKET.test(line)) return;
      hasLargePicture ||= PICTURE_TOO_LARGE.test(line);
      if (OUT_OF_MEMORY.test(line) || (NO_PICTURE.test(line) && !hasLargePicture)) seen = true;
    },
    seen: () => seen,
  };
}

/** How a child ended that we did not end. `toldCrash`: whether it showed signs of a crash. */
export function endingOf(
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  toldCrash: boolean,
): ToolEnding {
  if (signal !== null || exitCode === null || toldCrash) return 'crashed';
  if (exitCode === 0) return 'finished';
  if (FATAL_EXIT_CODES.has(exitCode)) return 'crashed';
  return NOT_EXECUTED.has(exitCode) ? 'not-started' : 'gave-up';
}
