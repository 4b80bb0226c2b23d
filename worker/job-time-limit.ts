import type { Config } from '../src/config.ts';

/** What the operator allows an analysis to take. */
export type JobTimeLimits = Pick<
  Config,
  'JOB_BASE_SECONDS' | 'JOB_SECONDS_PER_VIDEO_SECOND' | 'MAX_JOB_SECONDS'
>;

/**
 * Seconds of wall time that one attempt may take for `durationMs` of analysed video: a base, and some more for each second of
 * video, but never more than the maximum.
 */
export function jobSecondsFor(limits: JobTimeLimits, durationMs: number): number {
  const wanted =
    limits.JOB_BASE_SECONDS + (limits.JOB_SECONDS_PER_VIDEO_SECOND * Math.max(0, durationMs)) / 1000;
  return Math.min(limits.MAX_JOB_SECONDS, Math.ceil(wanted));
}

/** How many milliseconds of a video of `durationMs` lie in the range that a job asks for; `endMs` is null for the end. */
export function analysedMs(durationMs: number, range: { startMs: number; endMs: number | null }): number {
  const endMs = Math.min(range.endMs ?? durationMs, durationMs);
  return Math.max(0, endMs - range.startMs);
}
