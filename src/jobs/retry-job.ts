import type { DataSource } from 'typeorm';
import { lockOwner } from '../access/lock-owner.ts';
import type { Quotas } from '../access/quotas.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { QueueService } from '../queue/queue-service.ts';
import { inSpan } from '../tracing/span.ts';
import { currentTraceparent } from '../tracing/traceparent.ts';
import { nextFairTurn } from './fair-turn.ts';
import type { JobFinder } from './find-jobs.ts';
import { createJobStatusChanges } from './job-status.ts';
import type { JobView } from './job-view.ts';
import { isRetryable } from './settled.ts';

/** Queues a failed or canceled job of `owner` again and resolves to it. */
export type RetryJob = (owner: string, jobId: string) => Promise<JobView>;

/**
 * Makes the function. Where it is given no quotas, as for an operator, any number of jobs may wait.
 * It throws AppError JOB_NOT_FOUND, JOB_NOT_RETRYABLE for a job in another state, or QUOTA_EXCEEDED.
 */
export function createRetryJob(deps: {
  dataSource: DataSource;
  queue: QueueService;
  jobs: JobFinder;
  quotas?: Pick<Quotas, 'assertRoomForJob'>;
  logger: Logger;
}): RetryJob {
  const { dataSource, queue, jobs, quotas, logger } = deps;
  return async (owner, jobId) => {
    const { status, priority } = await jobs.findJob(owner, jobId);
    const span = { kind: 'producer', attributes: { 'foregsyte.job.id': jobId } } as const;
    const queued = await inSpan('queue job', span, () =>
      dataSource.transaction(async (transaction) => {
        // Jobs that wait are counted, and turns counted on from the owner's last: no other may be queued meanwhile.
        await lockOwner(transaction, owner);
        // Of a job in any other state, the client learns that it cannot be tried again, now or later.
        if (isRetryable(status)) await quotas?.assertRoomForJob(transaction, owner);
        const fairTurn = await nextFairTurn(transaction, owner, priority);
        const how = { fairTurn, traceparent: currentTraceparent() };
        const changed = await createJobStatusChanges(transaction, logger).retry({ jobId, owner }, how);
        if (!changed) return false;
        // The job may be a dead letter.
        await queue.remove(jobId, { transaction });
        await queue.enqueue(jobId, { transaction, priority, turn: fairTurn, group: owner });
        return true;
      }),
    );
    if (queued) return jobs.findJob(owner, jobId);
    throw new AppError(
      'JOB_NOT_RETRYABLE',
      'Only a failed or canceled job can be tried again. Submit the video anew to analyse it once more.',
      { details: { status: status.toUpperCase() } },
    );
  };
}
