import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Logger } from '../logger.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { StorageService } from '../storage/storage-service.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import { inspectUpload } from './inspect-upload.ts';
import { JobEntity } from './job.entity.ts';
import type { PipelineId } from './pipeline-ids.ts';

const MAX_FILENAME_LENGTH = 255;

/** A validated request to analyse a video. */
export interface Submission {
  pipelineId: PipelineId;
  options: AnalysisOptions;
  /** What the client calls the file; kept for display. */
  filename: string;
  /** The file's bytes; an error of this iterable ends the submission. */
  bytes: AsyncIterable<Uint8Array>;
}

/** Stores an upload and creates its job. */
export type SubmitVideo = (submission: Submission) => Promise<JobEntity>;

/**
 * Creates the submitter. It streams the upload to storage, then writes the job's row and its queue entry in one
 * transaction; if anything fails, neither exists and the stored upload is removed.
 * Throws what `inspectUpload`, storage or the upload's own bytes throw.
 */
export function createSubmitVideo(deps: {
  dataSource: DataSource;
  queue: QueueService;
  storage: StorageService;
  logger: Logger;
}): SubmitVideo {
  const { dataSource, queue, storage, logger } = deps;

  return async (submission) => {
    const jobId = randomUUID();
    const inputPath = `${jobId}.mp4`;
    const upload = inspectUpload(submission.bytes);
    const sizeBytes = await storage.save(inputPath, upload.bytes);
    try {
      return await dataSource.transaction(async (transaction) => {
        await transaction.insert(JobEntity, {
          jobId,
          pipelineId: submission.pipelineId,
          options: { ...submission.options },
          inputPath,
          originalFilename: submission.filename.slice(0, MAX_FILENAME_LENGTH).replaceAll('\0', ''),
          sizeBytes,
          sha256: upload.facts().sha256,
        });
        await queue.enqueue(jobId, { transaction });
        const job = await transaction.findOneByOrFail(JobEntity, { jobId });
        logger.info({ jobId, sizeBytes }, `job ${jobId}: submitted`);
        return job;
      });
    } catch (error) {
      await storage.delete(inputPath);
      throw error;
    }
  };
}
