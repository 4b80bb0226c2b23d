import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../src/errors.ts';
import { addCheckpoint, dropCheckpointsFrom, isNoted, listCheckpoints } from '../src/jobs/job-checkpoints.ts';
import type { JobCheckpointEntity } from '../src/jobs/job-checkpoint.entity.ts';
import type { RunningAttempt } from '../src/jobs/job-status.ts';
import type { FrameResult } from '../src/results/results-document.ts';
import { checkpointKey } from '../src/results/results-keys.ts';
import type { StorageService } from '../src/storage/storage-service.ts';
import { type PipelineProgress, pipelineProgressSchema } from './pipelines/pipeline.ts';

/** A worker wrote the lines itself; only that each is an object is checked. */
const ownFrame = z.custom<FrameResult>((value) => typeof value === 'object' && value !== null);

/** Frames above this number go to storage however little time has passed, so that memory stays bounded. */
const MAX_FRAMES_IN_MEMORY = 256;

/**
 * The analysed frames of one job, in the order of the video. They go to storage in batches as they come, each noted as
 * a checkpoint, and so neither memory nor the loss of a crash grows with the video's length.
 */
export interface FrameBatches {
  /** What earlier attempts left: where they were, and how many frames they did. Null when this one begins anew. */
  readonly earlier: { progress: PipelineProgress; frameCount: number } | null;
  /** Adds the next frame; `progress` is how things stand after it. */
  append(frame: FrameResult, progress: PipelineProgress): Promise<void>;
  /** Puts aside what is still in memory, for another attempt to go on from. */
  flush(): Promise<void>;
  /** All frames so far, those of earlier attempts first. */
  read(): AsyncGenerator<FrameResult>;
}

/** How batches are kept. */
export interface FrameBatchesDeps {
  manager: EntityManager;
  storage: StorageService;
  /** Milliseconds after which frames are put aside. */
  intervalMs: number;
  /** Wraps each write to the database. */
  persist: <T>(write: () => Promise<T>) => Promise<T>;
}

/**
 * Opens the batches of a running job. Batches made by other programs, models or options than `engineFingerprint` tells,
 * and what lies behind a batch whose file is missing, are dropped: their frames are analysed again.
 * @throws AppError JOB_STATE_CONFLICT, also from `append` and `flush`, when the attempt no longer owns the job.
 */
export async function openFrameBatches(
  job: RunningAttempt,
  engineFingerprint: string,
  deps: FrameBatchesDeps,
): Promise<FrameBatches> {
  const { manager, storage, intervalMs, persist } = deps;
  const { jobId, attempt } = job;
  const kept = await keepUsable(job, engineFingerprint, deps);
  const keys = kept.map(({ storageKey }) => storageKey);
  const lastKey = keys.at(-1);
  const earlier =
    lastKey === undefined
      ? null
      : {
          progress: await readProgress(storage, lastKey),
          frameCount: kept.reduce((sum, { frameCount }) => sum + frameCount, 0),
        };

  let pending: FrameResult[] = [];
  let latest = earlier?.progress;
  let lastFlush = performance.now();

  const flush = async () => {
    lastFlush = performance.now();
    if (pending.length === 0 || latest === undefined) return;
    const sequence = keys.length;
    const storageKey = checkpointKey(jobId, attempt, sequence);
    const frameCount = pending.length;
    await storage.save(storageKey, encodeBatch(latest, pending));
    try {
      const checkpoint = { sequence, storageKey, frameCount, engineFingerprint };
      await persist(() => addCheckpoint(manager, job, checkpoint));
    } catch (error) {
      // A batch may be noted though its answer was lost, and the job's next attempt read it already. Only who has lost
      // the job knows that the file will not be noted any more: whatever else remains, the sweep removes.
      const isLost = error instanceof AppError && error.code === 'JOB_STATE_CONFLICT';
      if (isLost && !(await persist(() => isNoted(manager, jobId, storageKey))))
        await storage.delete(storageKey);
      throw error;
    }
    keys.push(storageKey);
    pending = [];
  };

  return {
    earlier,
    flush,
    async append(frame, progress) {
      pending.push(frame);
      latest = progress;
      const isDue = performance.now() - lastFlush >= intervalMs;
      if (isDue || pending.length >= MAX_FRAMES_IN_MEMORY) await flush();
    },
    async *read() {
      for (const key of keys) yield* readBatch(storage, key);
      yield* pending;
    },
  };
}

/** The batches that this attempt goes on from; the others are forgotten, and their files deleted. */
async function keepUsable(
  job: RunningAttempt,
  engineFingerprint: string,
  { manager, storage, persist }: FrameBatchesDeps,
): Promise<JobCheckpointEntity[]> {
  const noted = await persist(() => listCheckpoints(manager, job.jobId));
  let usable = 0;
  for (const [index, checkpoint] of noted.entries()) {
    const fits = checkpoint.sequence === index && checkpoint.engineFingerprint === engineFingerprint;
    if (!fits || !(await storage.exists(checkpoint.storageKey))) break;
    usable += 1;
  }
  if (usable < noted.length) {
    const dropped = await persist(() => dropCheckpointsFrom(manager, job, usable));
    for (const key of dropped) await storage.delete(key);
  }
  return noted.slice(0, usable);
}

/** Lines of JSON: how things stand after the batch, then its frames. */
async function* encodeBatch(
  progress: PipelineProgress,
  frames: readonly FrameResult[],
): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(progress)}\n`);
  for (const frame of frames) yield Buffer.from(`${JSON.stringify(frame)}\n`);
}

async function readProgress(storage: StorageService, key: string): Promise<PipelineProgress> {
  for await (const line of readLines(storage, key)) return pipelineProgressSchema.parse(JSON.parse(line));
  throw new Error('A batch of frames is empty.');
}

async function* readBatch(storage: StorageService, key: string): AsyncGenerator<FrameResult> {
  let isHeader = true;
  for await (const line of readLines(storage, key)) {
    if (!isHeader) yield ownFrame.parse(JSON.parse(line));
    isHeader = false;
  }
}

/** Only a line feed ends a line: other separators, which JSON leaves as they are, may stand in a text. */
async function* readLines(storage: StorageService, key: string): AsyncGenerator<string> {
  const input = await storage.open(key);
  try {
    let rest = '';
    for await (const text of input.setEncoding('utf8')) {
      const lines = (rest + String(text)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    input.destroy();
  }
}
