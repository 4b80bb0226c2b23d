import type { EntityManager } from 'typeorm';
import { AppError } from '../errors.ts';

/**
 * So many uploads may wait for their jobs, however few jobs may wait: some are still arriving, and others were given up
 * and have not expired yet.
 */
const LEAST_UPLOADS = 100;

/** What one owner may use. */
export interface QuotaLimits {
  /** Jobs that wait for a worker. As many uploads may wait for their jobs, but LEAST_UPLOADS in any case. */
  maxJobsWaiting: number;
  /** Bytes of videos, of jobs and of uploads that no job has consumed yet. */
  maxStoredBytes: number;
}

/** Checks what an owner uses against the limits. Who means to use it holds `lockOwner` in the same transaction. */
export interface Quotas {
  /**
   * Whether `owner` may store one more upload, of `bytes`, in the transaction of `manager`.
   * @throws AppError QUOTA_EXCEEDED naming the quota.
   */
  assertRoomForUpload(manager: EntityManager, owner: string, bytes: number): Promise<void>;
  /** Whether one more job of `owner` may wait. @throws AppError QUOTA_EXCEEDED naming the quota. */
  assertRoomForJob(manager: EntityManager, owner: string): Promise<void>;
}

/** See Quotas. */
export function createQuotas(limits: QuotaLimits): Quotas {
  const { maxJobsWaiting, maxStoredBytes } = limits;
  const maxUploadsWaiting = Math.max(maxJobsWaiting, LEAST_UPLOADS);
  return {
    async assertRoomForUpload(manager, owner, bytes) {
      const [used] = await manager.query<{ bytes: number; uploads: number }[]>(
        `SELECT count(*)::int AS uploads, coalesce(sum(size_bytes), 0)::float8
          + (SELECT coalesce(sum(size_bytes), 0) FROM jobs WHERE owner = $1)::float8 AS bytes
          FROM uploads WHERE owner = $1`,
        [owner],
      );
      if ((used?.uploads ?? 0) >= maxUploadsWaiting) {
        throw new AppError(
          'QUOTA_EXCEEDED',
          `${maxUploadsWaiting} of your uploads wait for a job already. Submit them, delete those that you do not need, or wait until they expire.`,
          { details: { quota: 'uploadsWaiting', limit: maxUploadsWaiting } },
        );
      }
      if ((used?.bytes ?? 0) + bytes <= maxStoredBytes) return;
      throw new AppError(
        'QUOTA_EXCEEDED',
        `Your videos may take ${maxStoredBytes} bytes. Delete jobs that you do not need any more.`,
        { details: { quota: 'storedBytes', limit: maxStoredBytes } },
      );
    },

    async assertRoomForJob(manager, owner) {
      const [waiting] = await manager.query<{ jobs: number }[]>(
        `SELECT count(*)::int AS jobs FROM (
          SELECT FROM jobs WHERE owner = $1 AND status = 'pending' LIMIT $2) AS waiting`,
        [owner, maxJobsWaiting],
      );
      if ((waiting?.jobs ?? 0) < maxJobsWaiting) return;
      throw new AppError(
        'QUOTA_EXCEEDED',
        `${maxJobsWaiting} of your jobs wait already. Submit more later.`,
        {
          details: { quota: 'jobsWaiting', limit: maxJobsWaiting },
        },
      );
    },
  };
}
