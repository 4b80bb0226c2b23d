import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { SELECT_JOB, SELECT_JOB_STATUS, type JobStatusView, type JobView } from './job-view.ts';

/** Most jobs that one query asks for. */
export const MAX_STATUSES = 100;

/** Reads jobs for their owners. Another owner's job is as unknown as one that never was. */
export interface JobFinder {
  /**
   * `argument` is what the caller calls the id.
   * @throws AppError INVALID_ARGUMENT for an id that is no UUID, JOB_NOT_FOUND for one that no job of the owner has.
   */
  findJob(owner: string, jobId: string, argument?: string): Promise<JobView>;
  /** Like `findJob`, but only what a client that polls needs. Requests that arrive together share one query. */
  findStatus(owner: string, jobId: string): Promise<JobStatusView>;
  /**
   * The statuses of up to 100 jobs by one query, in the order of the ids; null for one that no job of the owner has.
   * @throws AppError INVALID_ARGUMENT for too many ids or one that is no UUID.
   */
  findStatuses(owner: string, jobIds: readonly string[]): Promise<(JobStatusView | null)[]>;
}

/** See JobFinder. */
export function createJobFinder(dataSource: DataSource): JobFinder {
  const readStatuses = async (jobIds: readonly string[]): Promise<(JobStatusView | null)[]> => {
    const rows = await dataSource.query<JobStatusView[]>(
      `${SELECT_JOB_STATUS} FROM jobs j WHERE j.job_id = ANY($1::uuid[])`,
      [jobIds],
    );
    const byId = new Map(rows.map((row) => [row.jobId, row]));
    return jobIds.map((jobId) => byId.get(jobId.toLowerCase()) ?? null);
  };
  // Nothing is kept between requests: a client that polls must see the latest.
  const statuses = new DataLoader<string, JobStatusView | null>(readStatuses, {
    cache: false,
    batchScheduleFn: setImmediate,
    maxBatchSize: MAX_STATUSES,
  });

  return {
    async findJob(owner, jobId, argument = 'jobId') {
      assertJobId(jobId, argument);
      const [job] = await dataSource.query<JobView[]>(
        `${SELECT_JOB} FROM jobs j WHERE j.job_id = $1 AND j.owner = $2`,
        [jobId, owner],
      );
      return job ?? failUnknown();
    },

    async findStatus(owner, jobId) {
      assertJobId(jobId, 'jobId');
      const status = await statuses.load(jobId);
      return status?.owner === owner ? status : failUnknown();
    },

    async findStatuses(owner, jobIds) {
      if (jobIds.length > MAX_STATUSES) {
        throw new AppError('INVALID_ARGUMENT', `Ask for at most ${MAX_STATUSES} jobs at once.`, {
          details: { argument: 'jobIds', max: MAX_STATUSES },
        });
      }
      for (const [index, jobId] of jobIds.entries()) assertJobId(jobId, `jobIds[${index}]`);
      const found = await readStatuses(jobIds);
      return found.map((status) => (status?.owner === owner ? status : null));
    },
  };
}

const uuidSchema = z.uuid();

function assertJobId(jobId: string, argument: string): void {
  if (uuidSchema.safeParse(jobId).success) return;
  throw new AppError('INVALID_ARGUMENT', 'A job id must be a UUID, as submitVideo returned it.', {
    details: { argument },
  });
}

function failUnknown(): never {
  throw new AppError(
    'JOB_NOT_FOUND',
    'There is no job with this id. Check the id that submitVideo returned.',
  );
}
