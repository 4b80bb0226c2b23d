import { expect } from '@jest/globals';
import { type JobRow, readJobRows } from './job-audit.ts';
import { readEntries } from './job-invariants.ts';
import type { TestServices } from './test-services.ts';

/** A look at all jobs and their queue entries, and what is expected of them. */
export interface JobBoard {
  rows(): Promise<Map<string, JobRow>>;
  /** The row of a job; undefined when it is not there. */
  row(jobId: string): Promise<JobRow | undefined>;
  /** The job's row is now as given; it may have more columns than those. */
  expectRow(jobId: string, wanted: Partial<JobRow>): Promise<void>;
  /** Runs something that must change neither a row nor an entry of the queue. */
  expectNoChange(work: () => Promise<unknown>): Promise<void>;
  /** What must become of each running job whose worker fell silent. */
  crashes(): Promise<Map<string, Partial<JobRow>>>;
}

const MAX_CRASHES_WITHOUT_PROGRESS = 2;
const MAX_CRASHES = 10;

/** See JobBoard. */
export function createJobBoard(services: TestServices): JobBoard {
  const { dataSource } = services;
  const rows = () => readJobRows(dataSource);
  const everything = async () => [await rows(), await readEntries(services)];

  const afterCrash = async (row: JobRow): Promise<Partial<JobRow>> => {
    const [left] = await dataSource.query<{ batches: number }[]>(
      'SELECT count(*)::int AS batches FROM job_checkpoints WHERE job_id = $1 AND attempt = $2',
      [row.job_id, row.attempt],
    );
    const allowed = (left?.batches ?? 0) > 0 ? MAX_CRASHES : MAX_CRASHES_WITHOUT_PROGRESS;
    const error = { attempt: row.attempt, error_code: 'WORKER_CRASHED' };
    return row.crash_count + 1 < allowed
      ? { ...error, status: 'pending', crash_count: row.crash_count + 1 }
      : { ...error, status: 'failed', failure_count: row.failure_count + 1 };
  };

  return {
    rows,
    row: async (jobId) => (await rows()).get(jobId),
    expectRow: async (jobId, wanted) => expect((await rows()).get(jobId)).toMatchObject(wanted),
    async expectNoChange(work) {
      const before = await everything();
      await work();
      expect(await everything()).toEqual(before);
    },
    async crashes() {
      const entries = await readEntries(services);
      const found = new Map<string, Partial<JobRow>>();
      for (const [jobId, row] of await rows()) {
        const isSilent = row.status === 'running' && entries.get(jobId) === 'waiting';
        if (isSilent) found.set(jobId, await afterCrash(row));
      }
      return found;
    },
  };
}
