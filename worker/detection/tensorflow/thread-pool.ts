import { AppError } from '../../../src/errors.ts';
import type { Logger } from '../../../src/logger.ts';
import { inferenceStalled } from '../../inference-errors.ts';
import type { DetectorFrame, FrameDetections } from '../object-detector.ts';
import type { DetectorThread } from './start-detector-thread.ts';
import type { FrameRequest } from './thread-messages.ts';
import { watchFrames } from './watch-frames.ts';

/** What a pool is made of. */
export interface ThreadPoolOptions {
  /** Running threads; the pool owns them from now on. */
  threads: readonly DetectorThread[];
  /** Starts the thread that takes the place of one that died. */
  startThread: () => Promise<DetectorThread>;
  logger: Logger;
  /** Milliseconds that a thread may take for each frame; waiting for a thread does not count. */
  stallMs: number;
  /** Milliseconds that a thread may still take for frames that nobody wants any more. */
  abandonedMs?: number;
  /** Called once when no thread is left and none is started any more: every frame is refused from then on. */
  onGivenUp?: (reason: string) => void;
}

/**
 * Threads that share the frames among them. A thread that becomes idle takes as many as wait, up to its batch size, and
 * never waits for more.
 */
export interface ThreadPool {
  /**
   * Analyses one frame on the next idle thread, with others that wait; frames are begun in the order of the calls.
   * @throws the signal's reason at once when it is aborted (what a thread then still answers is dropped);
   * AppError INFERENCE_STALLED when the thread dies or does not answer in time, WORKER_STOPPED when the pool is closed.
   */
  run(frame: DetectorFrame, minConfidence: number, signal: AbortSignal): Promise<FrameDetections>;
  /** Ends all threads and fails what still waits; a second call does nothing more. */
  close(): Promise<void>;
}

interface Task {
  frame: FrameRequest;
  answer: PromiseWithResolvers<FrameDetections>;
  signal: AbortSignal;
}

const ABANDONED_MS = 1_000;

/** Threads that die one after the other without any answer in between are replaced this often at most. */
const MAX_FRUITLESS_REPLACEMENTS = 3;

/** Creates the pool over threads that already run. */
export function createThreadPool(options: ThreadPoolOptions): ThreadPool {
  const { threads, startThread, logger } = options;
  const limits = { stallMs: options.stallMs, abandonedMs: options.abandonedMs ?? ABANDONED_MS };
  const alive = new Set<DetectorThread>();
  const replacements = new Set<Promise<DetectorThread>>();
  const idle: DetectorThread[] = [];
  const queue: Task[] = [];
  let fruitless = 0;
  /** Why no frame is accepted any more. */
  let closed: AppError | undefined;

  const adopt = (thread: DetectorThread): void => {
    alive.add(thread);
    idle.push(thread);
    void replaceWhenEnded(thread);
    dispatch();
  };

  const replaceWhenEnded = async (thread: DetectorThread): Promise<void> => {
    const cause = await thread.ended;
    if (alive.delete(thread)) replace(cause);
  };

  /** Ends a thread that does not answer. It is not waited for, because it may hang where nothing ends it. */
  const discard = (thread: DetectorThread): boolean => {
    if (!alive.delete(thread)) return false;
    void thread.terminate();
    return true;
  };

  const dispatch = (): void => {
    while (queue.length > 0) {
      const thread = idle.shift();
      if (thread === undefined) return;
      // Its end may be known to the thread already and not yet to the pool.
      if (!thread.isAlive()) continue;
      void serve(thread, queue.splice(0, thread.ready.batchSize));
    }
  };

  const serve = async (thread: DetectorThread, tasks: readonly Task[]): Promise<void> => {
    const fail = (error: unknown): void => {
      for (const { answer } of tasks) answer.reject(error);
    };
    const signals = tasks.map(({ signal }) => signal);
    const watch = watchFrames(signals, limits, {
      stalled() {
        const error = inferenceStalled('Object detection', limits.stallMs);
        fail(error);
        if (discard(thread)) replace(error);
      },
      abandoned() {
        if (!discard(thread) || closed !== undefined) return;
        logger.warn(
          'A detection thread is busy with frames that nobody wants any more, and is being replaced.',
        );
        // No fault of the thread's, so it does not bring the pool nearer to giving up.
        startReplacement();
      },
    });
    try {
      const { detections, elapsedMs, tensorCount } = await thread.detect(tasks.map(({ frame }) => frame));
      fruitless = 0;
      logger.trace({ elapsedMs, tensorCount, frames: tasks.length }, 'Frames were analysed.');
      for (const [index, { answer }] of tasks.entries()) {
        answer.resolve({ detections: detections[index] ?? [], elapsedMs: elapsedMs / tasks.length });
      }
    } catch (error) {
      fail(closed ?? error);
    } finally {
      watch.end();
    }
    if (!alive.has(thread)) return;
    idle.push(thread);
    dispatch();
  };

  const replace = (cause: unknown): void => {
    if (closed !== undefined) return;
    fruitless += 1;
    if (fruitless > MAX_FRUITLESS_REPLACEMENTS) {
      logger.error({ err: cause }, 'Detection threads keep dying; this one is not replaced any more.');
      if (alive.size === 0 && replacements.size === 0) giveUp(cause);
      return;
    }
    logger.warn({ err: cause }, 'A detection thread died and is being replaced.');
    startReplacement();
  };

  const giveUp = (cause: unknown): void => {
    const reason = threadsGone(cause);
    shut(reason);
    options.onGivenUp?.(reason.message);
  };

  const startReplacement = (): void => {
    const starting = startThread();
    replacements.add(starting);
    void adoptWhenStarted(starting);
  };

  const adoptWhenStarted = async (starting: Promise<DetectorThread>): Promise<void> => {
    try {
      const fresh = await starting;
      replacements.delete(starting);
      if (closed === undefined) adopt(fresh);
    } catch (error) {
      replacements.delete(starting);
      replace(error);
    }
  };

  const shut = (reason: AppError): void => {
    closed ??= reason;
    for (const task of queue.splice(0)) task.answer.reject(reason);
  };

  for (const thread of threads) adopt(thread);

  return {
    async run(frame, minConfidence, signal) {
      signal.throwIfAborted();
      if (closed !== undefined) throw closed;
      const task: Task = { frame: { ...frame, minConfidence }, answer: Promise.withResolvers(), signal };
      const abandon = (): void => {
        const position = queue.indexOf(task);
        if (position !== -1) queue.splice(position, 1);
        task.answer.reject(signal.reason);
      };
      signal.addEventListener('abort', abandon, { once: true });
      try {
        queue.push(task);
        dispatch();
        return await task.answer.promise;
      } finally {
        signal.removeEventListener('abort', abandon);
      }
    },
    async close() {
      shut(
        new AppError(
          'WORKER_STOPPED',
          'The detector is closed. Submit the video again when the worker runs.',
        ),
      );
      // A replacement that is just starting cannot be stopped half-way; it ends as soon as it runs.
      const started = await Promise.allSettled(replacements);
      const late = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      await Promise.all([...alive, ...late].map((thread) => thread.terminate()));
    },
  };
}

function threadsGone(cause: unknown): AppError {
  return new AppError(
    'INFERENCE_STALLED',
    'All detection threads have died. See the cause in the log of the worker, then restart the worker.',
    { cause },
  );
}
