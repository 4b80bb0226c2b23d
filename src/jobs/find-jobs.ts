import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { JobEntity } from './job.entity.ts';

/** Reads jobs for clients. */
export interface JobFinder {
  /** @throws AppError INVALID_ARGUMENT for an id that is no UUID, JOB_NOT_FOUND for one that no job has. */
  findJob(jobId: string): Promise<JobEntity>;
}

/** See JobFinder. */
export function createJobFinder(dataSource: DataSource): JobFinder {
  return {
    async findJob(jobId) {
      if (!z.uuid().safeParse(jobId).success) {
        throw new AppError('INVALID_ARGUMENT', 'The job id must be a UUID, as submitVideo returned it.', {
          details: { argument: 'jobId' },
        });
      }
      const job = await dataSource.manager.findOneBy(JobEntity, { jobId });
      if (job) return job;
      throw new AppError(
        'JOB_NOT_FOUND',
        'There is no job with this id. Check the id that submitVideo returned.',
      );
    },
  };
}
