import type { DataSource } from 'typeorm';
import { z } from 'zod';

const timestamp = z.string().transform((text) => Date.parse(text));
const rowSchema = z.object({
  job_id: z.uuid(),
  status: z.string(),
  stage: z.string(),
  revision: z.number(),
  attempt: z.number(),
  failure_count: z.number(),
  crash_count: z.number(),
  error_code: z.string().nullable(),
  output_path: z.string().nullable(),
  updated_at: timestamp,
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
  retry_at: timestamp.nullable(),
});
const changesSchema = z.array(z.object({ before: rowSchema.nullable(), after: rowSchema.nullable() }));

/** A row of `jobs`, with its columns' own names; times in milliseconds of the epoch. */
export type JobRow = z.infer<typeof rowSchema>;

/** One change of one row, by one statement: null before it was inserted and after it was deleted. */
export interface RowChange {
  before: JobRow | null;
  after: JobRow | null;
}

/**
 * Lets the database itself write down every change of a job's row from now on, those in the middle of a transaction
 * included. The returned function gives those that nobody has asked for yet, in their order.
 */
export async function auditJobs(dataSource: DataSource): Promise<() => Promise<RowChange[]>> {
  await dataSource.query(`
    CREATE TABLE job_audit (number bigserial PRIMARY KEY, before jsonb, after jsonb);
    CREATE FUNCTION note_job_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO job_audit (before, after) VALUES (
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
      RETURN NULL;
    END $$;
    CREATE TRIGGER note_job_change AFTER INSERT OR UPDATE OR DELETE ON jobs
      FOR EACH ROW EXECUTE FUNCTION note_job_change()`);
  return async () =>
    changesSchema.parse(
      await dataSource.query(
        `WITH taken AS (DELETE FROM job_audit RETURNING *)
          SELECT before, after FROM taken ORDER BY number`,
      ),
    );
}

/** All jobs as they are now. */
export async function readJobRows(dataSource: DataSource): Promise<Map<string, JobRow>> {
  const rows: unknown = await dataSource.query('SELECT to_jsonb(j) AS after, NULL AS before FROM jobs j');
  return new Map(
    changesSchema.parse(rows).flatMap(({ after }) => (after === null ? [] : [[after.job_id, after]])),
  );
}
