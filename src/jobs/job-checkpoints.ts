import type { EntityManager } from 'typeorm';
import { AppError } from '../errors.ts';
import { JobCheckpointEntity } from './job-checkpoint.entity.ts';
import type { RunningAttempt } from './job-status.ts';
import { JobEntity } from './job.entity.ts';

/** What is noted of a batch of frames that lies in storage. */
export type Checkpoint = Pick<
  JobCheckpointEntity,
  'sequence' | 'storageKey' | 'frameCount' | 'engineFingerprint'
>;

/**
 * Notes a batch, unless the attempt no longer owns the job.
 * @throws AppError JOB_STATE_CONFLICT in that case.
 */
export async function addCheckpoint(
  manager: EntityManager,
  { jobId, attempt }: RunningAttempt,
  { sequence, storageKey, frameCount, engineFingerprint }: Checkpoint,
): Promise<void> {
  // The lock keeps the job from changing hands until the batch is noted. A batch that a lost connection left in doubt
  // is noted a second time, and that changes nothing.
  const noted: unknown[] = await manager.query(
    `INSERT INTO job_checkpoints (job_id, attempt, sequence, storage_key, frame_count, engine_fingerprint)
      SELECT job_id, attempt, $3, $4, $5, $6 FROM jobs
        WHERE job_id = $1 AND attempt = $2 AND status = 'running' FOR SHARE
      ON CONFLICT (job_id, sequence) DO UPDATE SET storage_key = EXCLUDED.storage_key
        WHERE job_checkpoints.attempt = EXCLUDED.attempt
      RETURNING sequence`,
    [jobId, attempt, sequence, storageKey, frameCount, engineFingerprint],
  );
  if (noted.length === 1) return;
  throw new AppError(
    'JOB_STATE_CONFLICT',
    'The job is no longer run by this attempt: its frames are not kept.',
  );
}

/** The batches of a job, in the order of the video. */
export function listCheckpoints(manager: EntityManager, jobId: string): Promise<JobCheckpointEntity[]> {
  return manager.find(JobCheckpointEntity, { where: { jobId }, order: { sequence: 'ASC' } });
}

/** Whether a batch of the job lies in the file of that key. */
export function isNoted(manager: EntityManager, jobId: string, storageKey: string): Promise<boolean> {
  return manager.existsBy(JobCheckpointEntity, { jobId, storageKey });
}

/** Whether that attempt has left a batch. */
export function hasCheckpoints(manager: EntityManager, { jobId, attempt }: RunningAttempt): Promise<boolean> {
  return manager.existsBy(JobCheckpointEntity, { jobId, attempt });
}

/** Forgets the batches of a job that its caller has just settled, and resolves to the storage keys of their files. */
export function dropCheckpoints(manager: EntityManager, jobId: string): Promise<string[]> {
  return deleteFrom(manager, jobId, 0);
}

/**
 * Forgets the batches from `fromSequence` on, unless the attempt no longer owns the job: then they are its successor's.
 * Resolves to the storage keys of their files.
 * @throws AppError JOB_STATE_CONFLICT in that case.
 */
export function dropCheckpointsFrom(
  manager: EntityManager,
  { jobId, attempt }: RunningAttempt,
  fromSequence: number,
): Promise<string[]> {
  return manager.transaction(async (transaction) => {
    const owned = await transaction.findOne(JobEntity, {
      select: { jobId: true },
      where: { jobId, attempt, status: 'running' },
      lock: { mode: 'pessimistic_read' },
    });
    if (!owned) {
      throw new AppError(
        'JOB_STATE_CONFLICT',
        'The job is no longer run by this attempt: what was put aside for it stays.',
      );
    }
    return deleteFrom(transaction, jobId, fromSequence);
  });
}

async function deleteFrom(manager: EntityManager, jobId: string, fromSequence: number): Promise<string[]> {
  const dropped = await manager
    .createQueryBuilder()
    .delete()
    .from(JobCheckpointEntity)
    .where('job_id = :jobId AND sequence >= :fromSequence', { jobId, fromSequence })
    .returning('storage_key AS key')
    .execute();
  const rows: { key: string }[] = dropped.raw;
  return rows.map(({ key }) => key);
}
