import type { JobStatus } from './job.entity.ts';

/** The states that a job stays in until somebody asks for something. */
export const SETTLED_STATUSES = ['completed', 'failed', 'canceled'] as const;

/** See SETTLED_STATUSES. */
export type SettledStatus = (typeof SETTLED_STATUSES)[number];

/** The states from which a job can be queued again. */
export const RETRYABLE_STATUSES = ['failed', 'canceled'] as const satisfies readonly SettledStatus[];

/** Whether `status` is one of RETRYABLE_STATUSES. */
export function isRetryable(status: JobStatus): boolean {
  return RETRYABLE_STATUSES.some((one) => one === status);
}

/** Whether `status` is one of SETTLED_STATUSES. */
export function isSettled(status: JobStatus): status is SettledStatus {
  return status !== 'pending' && status !== 'running';
}
