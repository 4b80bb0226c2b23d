import type { JobStatus } from './job.entity.ts';
import { isSettled, type SettledStatus } from './settled.ts';

const HOUR_MS = 3_600_000;

/** For how many hours a settled job is kept, by how it ended. */
export type RetentionHours = Readonly<Record<SettledStatus, number>>;

/** When jobs expire. Nothing of it is stored, so a changed configuration holds for all jobs at once. */
export interface Retention {
  hours: RetentionHours;
  /** From then on the job is removed with its video and its results; null unless it is settled. */
  expiresAt(job: { status: JobStatus; finishedAt: Date | null }): Date | null;
}

/** See Retention. */
export function createRetention(hours: RetentionHours): Retention {
  return {
    hours,
    expiresAt({ status, finishedAt }) {
      if (!isSettled(status) || finishedAt === null) return null;
      return new Date(finishedAt.getTime() + hours[status] * HOUR_MS);
    },
  };
}
