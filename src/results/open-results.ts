import { AppError } from '../errors.ts';
import type { JobFinder } from '../jobs/find-jobs.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { createResultsReader, type ResultsReader } from './read-results.ts';

/** A completed job and its results. */
export interface OpenedResults {
  job: Pick<JobView, 'jobId' | 'attempt' | 'createdAt' | 'updatedAt'>;
  /** Storage key of the whole document. */
  key: string;
  reader: ResultsReader;
}

/** Opens the results of a job, for clients: nothing is served before the job is completed. */
export type OpenResults = (owner: string, jobId: string) => Promise<OpenedResults>;

/** The opener throws AppError JOB_NOT_FOUND, or JOB_NOT_COMPLETED with the job's status. */
export function createOpenResults(deps: { jobs: JobFinder; storage: StorageService }): OpenResults {
  return async (owner, jobId) => {
    const job = await deps.jobs.findJob(owner, jobId);
    if (job.status !== 'completed' || job.outputPath === null) {
      const advice =
        job.status === 'pending' || job.status === 'running'
          ? 'Poll its status until it is completed.'
          : 'It will have no results; its status says why.';
      throw new AppError('JOB_NOT_COMPLETED', `The job is ${job.status}. ${advice}`, {
        details: { status: job.status.toUpperCase() },
      });
    }
    return { job, key: job.outputPath, reader: await createResultsReader(deps.storage, job.outputPath) };
  };
}
