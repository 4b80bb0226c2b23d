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
