import type { JobStatus } from './job.entity.ts';

/** The states that a job stays in until somebody asks for something. */
export const SETTLED_STATUSES = ['completed', 'failed', 'canceled'] as const;

/** See SETTLED_STATUSES. */
export type SettledStatus = (typeof SETTLED_STATUSES)[number];

/** Whether `status` is one of SETTLED_STATUSES. */
export function isSettled(status: JobStatus): status is SettledStatus {
  return status !== 'pending' && status !== 'running';
}
