import type { EntityManager } from 'typeorm';
import { toAppError } from '../src/errors.ts';
import type { JobEntity } from '../src/jobs/job.entity.ts';
import { createJobStatusChanges } from '../src/jobs/job-status.ts';
import { parsePipelineId } from '../src/jobs/pipeline-ids.ts';
import type { Logger } from '../src/logger.ts';
import type { StageTimes, WorkObserver } from '../src/metrics/work-observer.ts';
import { SCHEMA_VERSION, type MediaInfo } from '../src/results/results-document.ts';
import { resultsKey } from '../src/results/results-keys.ts';
import { type ResultsParts, writeResults } from '../src/results/write-results.ts';
import type { StorageService } from '../src/storage/storage-service.ts';
import { inSpan, type OpenSpan, type SpanAttributes } from '../src/tracing/span.ts';
import { type FrameBatches, openFrameBatches } from './frame-batches.ts';
import { createStageClock } from './stage-times.ts';
import { createStopwatch } from './stopwatch.ts';
import type { PipelineObserver, PipelineRegistry } from './pipelines/pipeline.ts';

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
    const runPipeline = async (span: OpenSpan) => {
      let frames = 0;
      const observePipeline: PipelineObserver = {
        async onMedia(media, fingerprint) {
          watch.onMedia(media);
          await persist(() => status.describeMedia(job, media));
          const batches = await openFrameBatches(job, fingerprint, batching);
          opened.batches = batches;
          const { earlier } = batches;
          if (!earlier) return null;
          stages.goOnFrom(earlier.progress.timing);
          const { jobId, attempt } = job;
          const { frameCount } = earlier;
          span.set({ 'foregsyte.frames.from_checkpoint': frameCount });
          logger.info({ jobId, attempt, frames: frameCount }, `job ${jobId}: going on from a checkpoint`);
          return { progress: earlier.progress, frames: batches.read() };
        },
        async onFrame(frame, progress) {
          await storing.measure(() => batchesOf().append(frame, progress));
          frames += 1;
          stages.reach(progress.timing);
          observer.frameDone(frame.reusedFromFrame === undefined ? 'analysed' : 'reused');
        },
      };
      try {
        const outcome = await pipelines[pipelineId].run(filePath, job.options, observePipeline, watch.signal);
        stages.reach(outcome.timing);
        return outcome;
      } finally {
        span.set({ 'foregsyte.frames': frames, ...stageAttributes(stages.times(storing.measuredMs())) });
      }
    };

    return keepingWhatIsDone(opened, job, async () => {
      const outcome = await inSpan('analyse video', {}, runPipeline);
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
      await inSpan('store results', {}, () => storing.measure(() => writeResults(storage, key, document)));
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

function stageAttributes({ decode, detect, ocr, store }: StageTimes): SpanAttributes {
  return {
    'foregsyte.stage.decode_ms': Math.round(decode),
    'foregsyte.stage.detect_ms': Math.round(detect),
    'foregsyte.stage.ocr_ms': Math.round(ocr),
    'foregsyte.stage.store_ms': Math.round(store),
  };
}
