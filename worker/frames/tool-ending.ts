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

const COMPLAINT = /^(?:\[[^\]]* @ [^\]]*\] )*\[(?:error|fatal|panic)\] /;
const OUT_OF_MEMORY = /Cannot allocate memory|out of memory/i;
/** ffmpeg takes most signals for a request to finish early, and would pass for one that read the file to its end. */
const SIGNALLED = /^\[info\] Exiting normally, received signal|^(?:\[\w+\] )?Received > \d+ system signals/;

/** Whether a line of standard error tells that the run was cut off, whatever the exit code will be. */
export function tellsCrash(line: string): boolean {
  return SIGNALLED.test(line) || (COMPLAINT.test(line) && OUT_OF_MEMORY.test(line));
}

/** How a child ended that we did not end. `toldCrash`: whether it wrote a line that `tellsCrash`. */
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
