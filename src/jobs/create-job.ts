import { hash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { lockOwner } from '../access/lock-owner.ts';
import type { Quotas } from '../access/quotas.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { QueueService } from '../queue/queue-service.ts';
import { inSpan } from '../tracing/span.ts';
import { currentTraceparent } from '../tracing/traceparent.ts';
import { inputKey, type CompleteUpload, type Uploads } from '../uploads/uploads.ts';
import { nextFairTurn } from './fair-turn.ts';
import { JobEntity } from './job.entity.ts';
import type { JobRequest } from './job-request.ts';

/** How long a repeated idempotency key finds its job. */
export const IDEMPOTENCY_DAYS = 7;

/** Makes jobs of complete uploads. */
export interface JobCreator {
  /**
   * Writes the row and the queue entry of a job that consumes `upload`, in one transaction; resolves to the job's id,
   * which is that of an earlier job when the request repeats it.
   * @throws AppError UPLOAD_NOT_FOUND when another job consumed the upload, QUOTA_EXCEEDED, IDEMPOTENCY_KEY_REUSED.
   */
  create(owner: string, request: JobRequest, upload: CompleteUpload): Promise<string>;
  /** The job that this owner made under the key within the last 7 days; null when there is none, or no key. */
  findEarlier(owner: string, idempotencyKey: string | null): Promise<JobEntity | null>;
}

/** See JobCreator. */
export function createJobCreator(deps: {
  dataSource: DataSource;
  queue: QueueService;
  uploads: Uploads;
  quotas: Quotas;
  logger: Logger;
}): JobCreator {
  const { dataSource, queue, uploads, quotas, logger } = deps;

  const findByKey = async (manager: EntityManager, owner: string, idempotencyKey: string | null) => {
    if (idempotencyKey === null) return null;
    // An old key is free again, though its job may still be there.
    await manager.query(
      `UPDATE jobs SET idempotency_key = NULL
        WHERE owner = $1 AND idempotency_key = $2 AND created_at < now() - make_interval(days => $3)`,
      [owner, idempotencyKey, IDEMPOTENCY_DAYS],
    );
    return manager.findOneBy(JobEntity, { owner, idempotencyKey });
  };

  return {
    create: (owner, request, upload) =>
      inSpan('queue job', { kind: 'producer' }, (span) =>
        dataSource.transaction(async (transaction) => {
          await lockOwner(transaction, owner);
          const earlier = await findByKey(transaction, owner, request.idempotencyKey);
          if (earlier) return requireSameRequest(earlier, request, upload.sha256);
          await quotas.assertRoomForJob(transaction, owner);
          if (!(await uploads.consume(transaction, upload))) throw alreadyConsumed();

          // The upload's id becomes the job's, so that the file need not move.
          const jobId = upload.uploadId;
          const { priority } = request;
          const turn = await nextFairTurn(transaction, owner, priority);
          await transaction.insert(JobEntity, {
            jobId,
            owner,
            pipelineId: request.pipelineId,
            options: { ...request.options },
            priority,
            fairTurn: turn,
            tags: request.tags,
            idempotencyKey: request.idempotencyKey,
            requestFingerprint: fingerprint(request, upload.sha256),
            inputPath: inputKey(jobId),
            originalFilename: upload.filename,
            sizeBytes: upload.sizeBytes,
            sha256: upload.sha256,
            traceparent: currentTraceparent(),
          });
          await queue.enqueue(jobId, { transaction, priority, turn, group: owner });
          span.set({ 'foregsyte.job.id': jobId, 'foregsyte.pipeline.id': request.pipelineId });
          logger.info({ jobId, owner, sizeBytes: upload.sizeBytes }, `job ${jobId}: submitted`);
          return jobId;
        }),
      ),

    findEarlier: (owner, idempotencyKey) => findByKey(dataSource.manager, owner, idempotencyKey),
  };
}

/**
 * The id of the job that an earlier request made, which `request` repeats with a file of that SHA-256.
 * @throws AppError IDEMPOTENCY_KEY_REUSED when it is another request.
 */
export function requireSameRequest(earlier: JobEntity, request: JobRequest, sha256: string): string {
  if (earlier.requestFingerprint === fingerprint(request, sha256)) return earlier.jobId;
  throw new AppError(
    'IDEMPOTENCY_KEY_REUSED',
    'This idempotency key was used for another file or other options. Use a new key for each new submission.',
    { details: { argument: 'idempotencyKey' } },
  );
}

/** SHA-256, hex, of everything that must be the same when an idempotency key is used again. */
function fingerprint({ pipelineId, options, priority, tags }: JobRequest, sha256: string): string {
  return hash('sha256', JSON.stringify([sha256, pipelineId, options, priority, tags]));
}

function alreadyConsumed(): AppError {
  return new AppError(
    'UPLOAD_NOT_FOUND',
    'The upload was consumed by another job in the meantime. Upload the file again.',
    {
      details: { argument: 'uploadId' },
    },
  );
}
