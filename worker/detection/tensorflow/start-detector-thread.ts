import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../src/errors.ts';
import { endThread } from '../../end-thread.ts';
import { inferenceCrashed } from '../../inference-errors.ts';
import { withTimeLimit } from '../../../src/time-limit.ts';
import type {
  DetectedReport,
  DetectRequest,
  ReadyReport,
  ThreadReport,
  ThreadSetup,
  FrameRequest,
} from './thread-messages.ts';

/** One running thread with the model loaded. */
export interface DetectorThread {
  readonly ready: ReadyReport;
  /** False as soon as the thread has ended, for whatever reason. */
  isAlive(): boolean;
  /** Resolves when the thread has ended, with the error that ended it if there was one. */
  readonly ended: Promise<Error | undefined>;
  /**
   * Analyses up to `ready.batchSize` frames; one call at a time is of use, since the thread answers them one by one.
   * @throws AppError INFERENCE_STALLED when the thread ends first.
   */
  detect(frames: readonly FrameRequest[]): Promise<DetectedReport>;
  /** Ends the thread, whatever it is doing; takes bounded time. */
  terminate(): Promise<void>;
}

/** How long a thread may take to load its model and to try it. */
const START_MS = 120_000;

// Beside this file and with its extension: .ts where types are stripped on the fly, .js in a build.
const threadFile = new URL(`./detector-thread${extname(import.meta.url)}`, import.meta.url);

/**
 * Starts a thread and waits until its model answers, `startMs` milliseconds at most. The caller terminates it.
 * @throws AppError MODEL_UNAVAILABLE or TOOL_UNAVAILABLE when the model or the backend does not work.
 */
export async function startDetectorThread(setup: ThreadSetup, startMs = START_MS): Promise<DetectorThread> {
  const worker = new Worker(threadFile, { workerData: setup, name: 'detector' });
  const waiting = new Map<number, PromiseWithResolvers<DetectedReport>>();
  const started = Promise.withResolvers<ReadyReport>();
  const ended = Promise.withResolvers<Error | undefined>();
  let isAlive = true;
  let lastId = 0;
  let cause: Error | undefined;

  worker.on('message', (report: ThreadReport) => {
    switch (report.kind) {
      case 'ready':
        return started.resolve(report);
      case 'start-failed':
        return started.reject(new AppError(report.code, report.message, { cause: new Error(report.stack) }));
      case 'detected':
        waiting.get(report.id)?.resolve(report);
        return waiting.delete(report.id);
    }
  });
  worker.once('error', (error: Error) => {
    cause = error;
  });
  worker.once('exit', () => {
    isAlive = false;
    started.reject(threadEnded(cause));
    for (const request of waiting.values()) request.reject(threadEnded(cause));
    waiting.clear();
    ended.resolve(cause);
  });

  const terminate = (): Promise<void> => endThread(worker);
  try {
    const ready = await withTimeLimit(started.promise, startMs, () => startTookTooLong(startMs));
    return {
      ready,
      isAlive: () => isAlive,
      ended: ended.promise,
      detect(frames) {
        if (!isAlive) return Promise.reject(threadEnded(cause));
        const answer = Promise.withResolvers<DetectedReport>();
        lastId += 1;
        waiting.set(lastId, answer);
        // This is a thread and not a window: there is no origin to name.
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        worker.postMessage({ id: lastId, frames } satisfies DetectRequest);
        return answer.promise;
      },
      terminate,
    };
  } catch (error) {
    await terminate();
    throw error;
  }
}

function threadEnded(cause: Error | undefined): AppError {
  return inferenceCrashed('Object detection', cause);
}

function startTookTooLong(startMs: number): AppError {
  return new AppError(
    'TOOL_UNAVAILABLE',
    `A detection thread did not start within ${startMs} ms. Set TF_BACKEND to another backend, or free the machine of ` +
      'other work, and start the worker again.',
  );
}
