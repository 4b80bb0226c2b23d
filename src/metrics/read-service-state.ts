import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { JOB_STATUSES } from '../jobs/job.entity.ts';
import { QUEUE_COUNTS } from '../queue/queue-relation.ts';

/** How long Postgres may take for the whole question, in milliseconds: less than a scraper waits. */
const STATEMENT_MS = 2_000;

const countsSchema = z.object({
  waiting: z.number(),
  delayed: z.number(),
  delivered: z.number(),
  dead: z.number(),
  oldestWaitingSeconds: z.number(),
});
const stateSchema = z.object({
  jobs: z.partialRecord(z.enum(JOB_STATUSES), z.number()),
  /** Of the videos of jobs and of uploads that no job has consumed. */
  videoBytes: z.number(),
  queue: countsSchema,
});

/** What all processes share, as the database has it. States without jobs are missing. */
export type ServiceState = z.infer<typeof stateSchema>;

const SELECT_STATE = `
  WITH counted AS (
    SELECT status, count(*) AS jobs, sum(size_bytes) AS bytes FROM jobs GROUP BY status
  )
  SELECT
    (SELECT coalesce(json_object_agg(status, jobs), '{}') FROM counted) AS jobs,
    ((SELECT coalesce(sum(bytes), 0) FROM counted)
      + (SELECT coalesce(sum(size_bytes), 0) FROM uploads))::float8 AS "videoBytes",
    (SELECT row_to_json(counts) FROM ${QUEUE_COUNTS} AS counts) AS queue`;

/** Reads it by one statement, which is given up after 2 s. Throws what the database throws. */
export async function readServiceState(dataSource: DataSource): Promise<ServiceState> {
  const rows = await dataSource.transaction(async (transaction) => {
    await transaction.query(`SET LOCAL statement_timeout = ${STATEMENT_MS}`);
    return transaction.query<unknown>(SELECT_STATE);
  });
  return z.tuple([stateSchema]).parse(rows)[0];
}
