import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { DEAD_LETTERS } from '../queue/queue-relation.ts';

/** The spans of time up to now that are summed up, in minutes, the shortest first. */
export const STATISTICS_MINUTES = [5, 60, 1440] as const;

const count = z.coerce.number().int();
const milliseconds = z.number().nullable();

const nowSchema = z.object({
  /** Jobs that wait for a worker, those that failed before and wait for their next attempt included. */
  pending: count,
  /** How many of the pending ones may not be taken yet. */
  waitingForRetry: count,
  /** How long the job has waited that has waited longest and may be taken; null when there is none. */
  oldestWaitMs: milliseconds,
  running: count,
  /** Failed jobs whose attempts are used up. */
  deadLetters: count,
});

const windowSchema = z.object({
  minutes: z.number(),
  submitted: count,
  completed: count,
  failed: count,
  canceled: count,
  /** Of the completed jobs, from the start of their last attempt to their end; null when there are none. */
  medianMs: milliseconds,
  p95Ms: milliseconds,
});

const failureSchema = z.object({ code: z.string(), count, lastMessage: z.string().nullable() });

/** The service's jobs at a glance, of all owners. */
export interface JobStatistics {
  now: z.infer<typeof nowSchema>;
  /** One for each of STATISTICS_MINUTES. */
  windows: z.infer<typeof windowSchema>[];
  /** What jobs failed of in the longest of those spans, the most frequent first. */
  failures: z.infer<typeof failureSchema>[];
}

/** Counts the jobs that there are now and that came and ended lately. @throws what the database does. */
export async function readJobStatistics(dataSource: DataSource): Promise<JobStatistics> {
  const [now, windows, failures]: unknown[] = await Promise.all([
    dataSource.query(NOW),
    dataSource.query(WINDOWS, [STATISTICS_MINUTES]),
    dataSource.query(FAILURES, [STATISTICS_MINUTES.at(-1)]),
  ]);
  return {
    now: z.tuple([nowSchema]).parse(now)[0],
    windows: z.array(windowSchema).parse(windows),
    failures: z.array(failureSchema).parse(failures),
  };
}

const NOW = `
  SELECT count(*) FILTER (WHERE status = 'pending') AS pending,
    count(*) FILTER (WHERE status = 'pending' AND retry_at > now()) AS "waitingForRetry",
    (extract(epoch FROM now() - min(queued_at) FILTER (WHERE status = 'pending' AND (retry_at IS NULL OR retry_at <= now())))
      * 1000)::float8 AS "oldestWaitMs",
    count(*) FILTER (WHERE status = 'running') AS running,
    (SELECT count(*) FROM ${DEAD_LETTERS} AS d JOIN jobs AS j USING (job_id) WHERE j.status = 'failed') AS "deadLetters"
  FROM jobs WHERE status IN ('pending', 'running')`;

const TIME_TAKEN = '(extract(epoch FROM finished_at - started_at) * 1000)::float8';

const WINDOWS = `
  SELECT w.minutes, s.submitted, e.*
  FROM unnest($1::int[]) AS w (minutes),
    LATERAL (SELECT now() - w.minutes * interval '1 minute' AS since) AS t,
    LATERAL (SELECT count(*) AS submitted FROM jobs WHERE created_at > t.since) AS s,
    LATERAL (
      SELECT count(*) FILTER (WHERE status = 'completed') AS completed,
        count(*) FILTER (WHERE status = 'failed') AS failed,
        count(*) FILTER (WHERE status = 'canceled') AS canceled,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY ${TIME_TAKEN}) FILTER (WHERE status = 'completed') AS "medianMs",
        percentile_cont(0.95) WITHIN GROUP (ORDER BY ${TIME_TAKEN}) FILTER (WHERE status = 'completed') AS "p95Ms"
      FROM jobs WHERE status IN ('completed', 'failed', 'canceled') AND finished_at > t.since
    ) AS e
  ORDER BY w.minutes`;

const FAILURES = `
  SELECT coalesce(error_code, 'none') AS code, count(*) AS count,
    (array_agg(error_message ORDER BY finished_at DESC))[1] AS "lastMessage"
  FROM jobs WHERE status = 'failed' AND finished_at > now() - $1::int * interval '1 minute'
  GROUP BY error_code ORDER BY count(*) DESC, code`;
