import type { DataSource } from 'typeorm';
import type { JobStatusView } from './job-view.ts';
import { isSettled } from './settled.ts';

const MIN_POLL_MS = 500;
const MAX_POLL_MS = 30_000;
/** What a job is taken to need before one like it has ever completed. */
const UNKNOWN_DURATION_MS = 4_000;
/** The latest jobs that "lately" means. */
const RECENT_JOBS = 20;
/** How long an answer of the database is used, so that polling costs no second query. */
const FACTS_TTL_MS = 2_000;

/**
 * Reads the pace of the pipeline $1. Only what says outright that `finished_at` is not null can walk jobs_finished_idx,
 * which has no other rows; else all completed jobs would be read each time.
 */
export const SELECT_PACE = `SELECT
  (SELECT avg(extract(epoch FROM finished_at - started_at) * 1000)::float8 FROM (
    SELECT finished_at, started_at FROM jobs
    WHERE status = 'completed' AND pipeline_id = $1 AND finished_at IS NOT NULL
    ORDER BY finished_at DESC LIMIT ${RECENT_JOBS}) AS recent) AS "meanDurationMs",
  (SELECT count(*)::int FROM jobs WHERE status = 'running') AS running`;

/** How fast jobs of one pipeline have been going lately. */
export interface QueuePace {
  /** Mean time from start to completion, in milliseconds. */
  meanDurationMs: number;
  /** Jobs that run at this moment: as many workers are at work. */
  running: number;
}

/** Tells clients when to ask again. */
export interface PollAdviser {
  /** Milliseconds until the next question about this job is worth asking; null when it is settled. */
  pollAfterMs(job: JobStatusView): Promise<number | null>;
}

/** See PollAdviser. */
export function createPollAdviser(dataSource: DataSource): PollAdviser {
  const known = new Map<string, { pace: Promise<QueuePace>; until: number }>();

  const readPace = async (pipelineId: string): Promise<QueuePace> => {
    const [row] = await dataSource.query<{ meanDurationMs: number | null; running: number }[]>(SELECT_PACE, [
      pipelineId,
    ]);
    return { meanDurationMs: row?.meanDurationMs ?? UNKNOWN_DURATION_MS, running: row?.running ?? 0 };
  };

  return {
    async pollAfterMs(job) {
      if (isSettled(job.status)) return null;
      const now = Date.now();
      let entry = known.get(job.pipelineId);
      if (!entry || entry.until <= now) {
        entry = { pace: readPace(job.pipelineId), until: now + FACTS_TTL_MS };
        known.set(job.pipelineId, entry);
        // A failed question must not be answered with the same failure for seconds.
        entry.pace.catch(() => known.delete(job.pipelineId));
      }
      return advise(job, await entry.pace, now);
    },
  };
}

/**
 * Half of the time that the job is expected to need still, so that a client asks ever more often as the end comes
 * nearer; for a job that takes longer than usual, a tenth of the time it has been running, so that it is not asked
 * after without end; for a job that waits for another attempt, no sooner than that. Between 500 ms and 30 s, in whole
 * milliseconds.
 */
export function advise(job: JobStatusView, pace: QueuePace, now: number): number {
  const bounded = (ms: number) => Math.round(Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, ms)));
  if (job.status === 'running') {
    const elapsed = now - (job.startedAt?.getTime() ?? now);
    return bounded(Math.max((pace.meanDurationMs - elapsed) / 2, elapsed / 10));
  }
  const untilRetryMs = (job.retryAt?.getTime() ?? now) - now;
  const rounds = Math.ceil((job.queuePosition ?? 1) / Math.max(1, pace.running));
  return bounded(Math.max((rounds * pace.meanDurationMs) / 2, untilRetryMs));
}
