import { DEAD_LETTER_QUEUE_NAME, QUEUE_NAME } from './install-queue.ts';

/**
 * The entries of the queue as a relation of SQL, for joins with the table of jobs: `job_id`, and `delivered`, which is
 * false while the entry waits. Entries that are done are not in it.
 */
export const QUEUE_ENTRIES = `(SELECT id AS job_id, state = 'active' AS delivered
  FROM pgboss.job WHERE name = '${QUEUE_NAME}' AND state <= 'active')`;

/** The dead letters as a relation of SQL: `job_id`, and `buried_at`. */
export const DEAD_LETTERS = `(SELECT id AS job_id, created_on AS buried_at
  FROM pgboss.job WHERE name = '${DEAD_LETTER_QUEUE_NAME}' AND state < 'active')`;

/**
 * How many entries are where, as a relation of SQL with one row: `waiting` (could be delivered now), `delayed`, `delivered`
 * and `dead`, and for how many seconds the oldest of those that wait has waited since it was put there, or put back.
 */
export const QUEUE_COUNTS = `(SELECT
    count(*) FILTER (WHERE waits AND is_due) AS waiting,
    count(*) FILTER (WHERE waits AND NOT is_due) AS delayed,
    count(*) FILTER (WHERE state = 'active') AS delivered,
    (SELECT count(*) FROM pgboss.job WHERE name = '${DEAD_LETTER_QUEUE_NAME}' AND state < 'active') AS dead,
    coalesce(extract(epoch FROM now() - min(start_after) FILTER (WHERE waits AND is_due)), 0)
      AS "oldestWaitingSeconds"
  FROM (SELECT state, start_after, state < 'active' AS waits, start_after <= now() AS is_due
    FROM pgboss.job WHERE name = '${QUEUE_NAME}' AND state <= 'active') AS entries)`;
