import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import type { JobEntity } from '../src/jobs/job.entity.ts';
import { createJobStatusChanges } from '../src/jobs/job-status.ts';
import { parsePipelineId } from '../src/jobs/pipeline-ids.ts';
import type { Logger } from '../src/logger.ts';
import { SCHEMA_VERSION } from '../src/results/results-document.ts';
import { resultsKey } from '../src/results/results-keys.ts';
import { writeResults } from '../src/results/write-results.ts';
import type { StorageService } from '../src/storage/storage-service.ts';
import { createFrameLog } from './frame-log.ts';
import type { PipelineRegistry } from './pipelines/pipeline.ts';

/** Analyses the video of a running job and stores its results; resolves to their storage key. */
export type RunAttempt = (job: JobEntity, signal: AbortSignal) => Promise<string>;

/** Throws what the pipeline and storage throw, or the signal's reason. Leaves no temporary file. */
export function createRunAttempt(deps: {
  manager: EntityManager;
  storage: StorageService;
  pipelines: PipelineRegistry;
  /** Folder for frames that have been analysed but not stored yet. */
  scratchDirectory: string;
  logger: Logger;
}): RunAttempt {
  const { manager, storage, pipelines, scratchDirectory, logger } = deps;
  const status = createJobStatusChanges(manager, logger);

  return async (job, signal) => {
    const begun = performance.now();
    const pipelineId = parsePipelineId(job.pipelineId);
    await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
    const frames = await createFrameLog(join(scratchDirectory, `${job.jobId}-${job.attempt}.ndjson`));
    try {
      const input = await storage.toLocalFile(job.inputPath);
      try {
        let storeMs = 0;
        const observer = {
          onMedia: (media: NonNullable<JobEntity['media']>) => status.describeMedia(job, media),
          onFrame: async (frame: Parameters<typeof frames.append>[0]) => {
            const writing = performance.now();
            await frames.append(frame);
            storeMs += performance.now() - writing;
          },
        };
        const outcome = await pipelines[pipelineId].run(input.path, job.options, observer, signal);

        signal.throwIfAborted();
        await status.beginStoring(job);
        const storing = performance.now();
        const { media, models, labels, tracks, textSegments, warnings } = outcome;
        const key = resultsKey(job.jobId);
        await writeResults(storage, key, {
          head: {
            schemaVersion: SCHEMA_VERSION,
            jobId: job.jobId,
            pipelineId,
            media,
            models,
            labels,
            warnings,
          },
          frames: frames.read(),
          tracks,
          textSegments,
          timing: () => {
            const now = performance.now();
            const exact = { ...outcome.timing, storeMs: storeMs + now - storing, totalMs: now - begun };
            return {
              totalMs: Math.round(exact.totalMs),
              decodeMs: Math.round(exact.decodeMs),
              detectMs: Math.round(exact.detectMs),
              ocrMs: Math.round(exact.ocrMs),
              storeMs: Math.round(exact.storeMs),
            };
          },
        });
        return key;
      } finally {
        await input.release();
      }
    } finally {
      await frames.remove();
    }
  };
}
