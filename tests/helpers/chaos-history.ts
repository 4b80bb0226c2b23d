import type { JobStatus } from '../../src/jobs/job.entity.ts';
import type { Sql } from './chaos-sql.ts';

/** One status that a job came into, as the database committed it. */
export interface HistoryEntry {
  jobId: string;
  status: JobStatus;
  attempt: number;
  at: Date;
}

/** How many frames an attempt put aside as checkpoints. */
export interface AttemptFrames {
  attempt: number;
  frames: number;
}

// Rows lose what happened to them on the way; triggers see all of it, and nothing that was rolled back.
const RECORD = `
  CREATE TABLE chaos_history (
    place bigserial, job_id uuid, status text, attempt integer, at timestamptz DEFAULT clock_timestamp());
  CREATE TABLE chaos_frames (job_id uuid, attempt integer, sequence integer, frames integer);
  CREATE FUNCTION chaos_note_status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' OR OLD.status IS DISTINCT FROM NEW.status THEN
      INSERT INTO chaos_history (job_id, status, attempt) VALUES (NEW.job_id, NEW.status, NEW.attempt);
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER chaos_status AFTER INSERT OR UPDATE ON jobs
    FOR EACH ROW EXECUTE FUNCTION chaos_note_status();
  CREATE FUNCTION chaos_note_frames() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_frames VALUES (NEW.job_id, NEW.attempt, NEW.sequence, NEW.frame_count);
    RETURN NULL;
  END $$;
  CREATE TRIGGER chaos_checkpoints AFTER INSERT ON job_checkpoints
    FOR EACH ROW EXECUTE FUNCTION chaos_note_frames();
  CREATE TABLE chaos_returns (job_id uuid, at timestamptz DEFAULT clock_timestamp());
  CREATE FUNCTION chaos_note_return() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_returns (job_id) VALUES (NEW.id);
    RETURN NULL;
  END $$;
  CREATE TRIGGER chaos_returns AFTER INSERT ON pgboss.job
    FOR EACH ROW WHEN (NEW.state = 'retry') EXECUTE FUNCTION chaos_note_return();`;

/** Begins to record the history of every job of the database. */
export async function recordHistory(sql: Sql): Promise<void> {
  await sql(RECORD);
}

/** The history of one job, from its submission on. */
export function historyOf(sql: Sql, jobId: string): Promise<HistoryEntry[]> {
  return sql<HistoryEntry>(
    `SELECT job_id AS "jobId", status, attempt, at FROM chaos_history WHERE job_id = $1 ORDER BY place`,
    [jobId],
  );
}

/** When the queue first had a job again that had been delivered: pg-boss writes its entry anew then. */
export async function firstReturnOf(sql: Sql, jobId: string): Promise<Date | undefined> {
  const [row] = await sql<{ at: Date }>(
    'SELECT at FROM chaos_returns WHERE job_id = $1 ORDER BY at LIMIT 1',
    [jobId],
  );
  return row?.at;
}

/** The frames that each attempt at a job put aside. */
export function framesByAttempt(sql: Sql, jobId: string): Promise<AttemptFrames[]> {
  return sql<AttemptFrames>(
    `SELECT attempt, sum(frames)::int AS frames FROM chaos_frames WHERE job_id = $1 GROUP BY attempt ORDER BY attempt`,
    [jobId],
  );
}
