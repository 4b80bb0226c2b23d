import type { EntityManager } from 'typeorm';
import type { Logger } from '../logger.ts';
import { hasCheckpoints } from './job-checkpoints.ts';
import { createJobStatusChanges } from './job-status.ts';
import type { JobEntity } from './job.entity.ts';
import { mayRunAfterCrash, workerCrashed } from './retry-policy.ts';

/** What became of a job whose worker fell silent. */
export type GivenUp = { pending: true } | { pending: false; leftOver: string[] };

/**
 * Ends the attempt of a running job whose worker fell silent: the job waits for another attempt or, when crashes
 * repeat, has failed. The caller brings the queue in line; `leftOver` are files to delete after the commit.
 */
export async function giveUpAttempt(
  transaction: EntityManager,
  job: JobEntity,
  logger: Logger,
): Promise<GivenUp> {
  const status = createJobStatusChanges(transaction, logger);
  const crashed = workerCrashed(job.attempt);
  if (mayRunAfterCrash(job, await hasCheckpoints(transaction, job))) {
    await status.giveUp(job, crashed);
    return { pending: true };
  }
  return { pending: false, leftOver: await status.fail(job, crashed) };
}
