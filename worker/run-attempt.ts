import type { EntityManager } from 'typeorm';
import { toAppError } from '../src/errors.ts';
import type { JobEntity } from '../src/jobs/job.entity.ts';
import { createJobStatusChanges } from '../src/jobs/job-status.ts';
import { parsePipelineId } from '../src/jobs/pipeline-ids.ts';
import type { Logger } from '../src/logger.ts';
import type { WorkObserver } from '../src/metrics/work-observer.ts';
import { SCHEMA_VERSION, type MediaInfo } from '../src/results/results-document.ts';
import { resultsKey } from '../src/results/results-keys.ts';
import { type ResultsParts, writeResults } from '../src/results/write-results.ts';
import type { StorageService } from '../src/storage/storage-service.ts';
import { type FrameBatches, openFrameBatches } from './frame-batches.ts';
import { createStageClock } from './stage-times.ts';
import { createStopwatch } from './stopwatch.ts';
import type { PipelineRegistry } from './pipelines/pipeline.ts';

/** Analyses the video of a running job and stores its results; resolves to their storage key. */
export type RunAttempt = (job: JobEntity, watch: AttemptWatch) => Promise<string>;

/** What the attempt is bounded by, and told of. */
export interface AttemptWatch {
  signal: AbortSignal;
  /** The video was probed: its length is known. */
  onMedia(media: MediaInfo): void;
}

/**
 * Makes the function. It goes on from what earlier attempts at the job have put aside, and puts aside what it has done
 * when it is ended early by a failure that another attempt may mend.
 * It throws what the pipeline and storage throw, or the signal's reason.
 */
export function createRunAttempt(deps: {
  manager: EntityManager;
  storage: StorageService;
  pipelines: PipelineRegistry;
  /** Milliseconds of work that a crash may cost. */
  checkpointMs: number;
  /** Wraps each write to the database, which may be away for a while. */
  persist: <T>(write: () => Promise<T>) => Promise<T>;
  /** Hears of every frame, and of what the stages took. */
  observer: Pick<WorkObserver, 'frameDone' | 'stagesTook'>;
  logger: Logger;
}): RunAttempt {
  const { manager, storage, pipelines, checkpointMs, persist, observer, logger } = deps;
  const status = createJobStatusChanges(manager, logger);
  const batching = { manager, storage, persist, intervalMs: checkpointMs };

  const analyse = async (job: JobEntity, filePath: string, watch: AttemptWatch): Promise<string> => {
    const total = createStopwatch();
    const storing = createStopwatch();
    const stages = createStageClock();
    const pipelineId = parsePipelineId(job.pipelineId);
    const opened: { batches?: FrameBatches } = {};
    const batchesOf = () => {
      if (!opened.batches) throw new Error('The pipeline delivered frames before it told of the media.');
      return opened.batches;
    };
    return keepingWhatIsDone(opened, job, async () => {
      const outcome = await pipelines[pipelineId].run(
        filePath,
        job.options,
        {
          async onMedia(media, fingerprint) {
            watch.onMedia(media);
            await persist(() => status.describeMedia(job, media));
            const batches = await openFrameBatches(job, fingerprint, batching);
            opened.batches = batches;
            const { earlier } = batches;
            if (!earlier) return null;
            stages.goOnFrom(earlier.progress.timing);
            const { jobId, attempt } = job;
            const frames = earlier.frameCount;
            logger.info({ jobId, attempt, frames }, `job ${jobId}: going on from a checkpoint`);
            return { progress: earlier.progress, frames: batches.read() };
          },
          async onFrame(frame, progress) {
            await storing.measure(() => batchesOf().append(frame, progress));
            stages.reach(progress.timing);
            observer.frameDone(frame.reusedFromFrame === undefined ? 'analysed' : 'reused');
          },
        },
        watch.signal,
      );

      stages.reach(outcome.timing);
      watch.signal.throwIfAborted();
      await persist(() => status.beginStoring(job));
      const { media, models, labels, warnings, tracks, textSegments } = outcome;
      const key = resultsKey(job.jobId, job.attempt);
      const writing = createStopwatch();
      const document: ResultsParts = {
        head: {
          schemaVersion: SCHEMA_VERSION,
          jobId: job.jobId,
          pipelineId,
          media,
          models,
          labels,
          warnings,
        },
        frames: batchesOf().read(),
        tracks,
        textSegments,
        timing: () => ({
          totalMs: total.elapsedMs(),
          decodeMs: Math.round(outcome.timing.decodeMs),
          detectMs: Math.round(outcome.timing.detectMs),
          ocrMs: Math.round(outcome.timing.ocrMs),
          storeMs: storing.measuredMs() + writing.elapsedMs(),
        }),
      };
      await storing.measure(() => writeResults(storage, key, document));
      return key;
    }).finally(() => {
      if (opened.batches) observer.stagesTook(stages.times(storing.measuredMs()));
    });
  };

  const keepingWhatIsDone = async <T>(
    opened: { batches?: FrameBatches },
    job: JobEntity,
    work: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!toAppError(error).retryable) throw error;
      // It is a help for the next attempt and nothing more: the failure that matters is the one above.
      await opened.batches?.flush().catch((cause: unknown) => {
        logger.debug({ jobId: job.jobId, err: cause }, 'what was done so far could not be put aside');
      });
      throw error;
    }
  };

  return async (job, watch) => {
    const input = await storage.toLocalFile(job.inputPath);
    try {
      return await analyse(job, input.path, watch);
    } finally {
      await input.release();
    }
  };
}
