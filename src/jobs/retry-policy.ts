import { AppError } from '../errors.ts';
import type { JobEntity } from './job.entity.ts';

/** How failed attempts are followed by others. */
export interface RetryPolicy {
  /** Attempts that may fail before the job does. */
  maxAttempts: number;
  /** Milliseconds before the second attempt. */
  delayMs: number;
  /** Most milliseconds between two attempts. */
  maxDelayMs: number;
}

/** What becomes of a job after an attempt that failed. */
export type AfterFailure =
  | {
      kind: 'again';
      delayMs: number;
      /** Whether the failure counts against the limit of attempts. */
      counts: boolean;
    }
  | {
      kind: 'over';
      /** Whether more attempts might have helped: the job is then a dead letter. */
      exhausted: boolean;
    };

/** What is no fault of the job's: it may happen as often as it likes. */
const BLAMELESS: ReadonlySet<string> = new Set(['WORKER_STOPPED', 'STORAGE_FULL', 'DATABASE_UNAVAILABLE']);

/** Crashes in a row, without new checkpoints in between, after which the video is taken to be what kills the worker. */
const MAX_CRASHES_WITHOUT_PROGRESS = 2;
/** Crashes after which that is taken for granted, progress or not. */
const MAX_CRASHES = 10;

/** Decides what follows an attempt that failed by `error`. `random`: 0..1. */
export function afterFailure(
  { failureCount }: Pick<JobEntity, 'failureCount'>,
  error: AppError,
  policy: RetryPolicy,
  random: () => number = Math.random,
): AfterFailure {
  if (!error.retryable) return { kind: 'over', exhausted: false };
  // A worker that was told to stop leaves a job that any other may take at once.
  if (error.code === 'WORKER_STOPPED') return { kind: 'again', delayMs: 0, counts: false };
  const counts = !BLAMELESS.has(error.code);
  const failures = counts ? failureCount + 1 : 1;
  if (counts && failures >= policy.maxAttempts) return { kind: 'over', exhausted: true };
  return { kind: 'again', delayMs: backoffMs(failures, policy, random()), counts };
}

/**
 * Milliseconds to wait after that many failures, from 1: doubled each time up to the most, of which at least half is
 * waited and the rest at random, so that jobs that failed together do not come back together. This is the "equal
 * jitter" of Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(failures: number, policy: RetryPolicy, random: number): number {
  const full = Math.min(policy.maxDelayMs, policy.delayMs * 2 ** (failures - 1));
  return Math.round(full / 2 + (full / 2) * random);
}

/**
 * Whether a job whose worker died once more is tried again. `progressed`: whether the attempt that ended left a
 * checkpoint. A long video goes on through many power cuts that way, and one that kills the worker does so twice.
 */
export function mayRunAfterCrash(
  { crashCount }: Pick<JobEntity, 'crashCount'>,
  progressed: boolean,
): boolean {
  return crashCount + 1 < (progressed ? MAX_CRASHES : MAX_CRASHES_WITHOUT_PROGRESS);
}

/** The error of an attempt whose worker fell silent. */
export function workerCrashed(attempt: number): AppError {
  return new AppError(
    'WORKER_CRASHED',
    `The worker ended in the middle of attempt ${attempt}. If this happens again, tell the operator.`,
  );
}
