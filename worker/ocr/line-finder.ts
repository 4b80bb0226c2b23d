import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../src/errors.ts';
import type { ChangeMask } from '../change-mask.ts';
import { endThread } from '../end-thread.ts';
import { inferenceCrashed, inferenceStalled } from '../inference-errors.ts';
import type { LumaImage } from '../luma-image.ts';
import { withTimeLimit } from '../../src/time-limit.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { FindRequest, FoundReport } from './line-finder-messages.ts';

/** Finds lines of text on a thread of its own, so that nobody waits for the pixels of a frame. */
export interface LineFinder {
  /**
   * See findLines. Several calls at once are answered one after the other.
   * @throws the signal's reason when it is aborted; AppError INFERENCE_STALLED when the thread crashes or does not answer in
   * time, WORKER_STOPPED when the finder is closed.
   */
  find(frame: LumaImage, changed: ChangeMask | undefined, signal: AbortSignal): Promise<FoundReport>;
  /** Ends the thread; a second call does nothing. */
  close(): Promise<void>;
}

const WHAT = 'The search for text';

// Beside this file and with its extension: .ts where types are stripped on the fly, .js in a build.
const threadFile = new URL(`./line-finder-thread${extname(import.meta.url)}`, import.meta.url);

/**
 * Creates the finder; its thread starts with the first frame. A thread that has not answered within `stallMs` milliseconds,
 * or whose frame nobody wants any more, is ended, and the other frames that it had go to the next one.
 */
export function createLineFinder(stallMs: number): LineFinder {
  let running: FinderThread | null = null;
  let closed = false;
  const ending = new Set<Promise<void>>();

  const drop = (thread: FinderThread): void => {
    if (running === thread) running = null;
    const end = thread.end();
    ending.add(end);
    void end.finally(() => ending.delete(end));
  };

  return {
    async find(frame, changed, signal) {
      for (;;) {
        signal.throwIfAborted();
        if (closed) throw finderClosed();
        running ??= startThread();
        const thread = running;
        const asked = thread.ask(frame, changed);
        const answer = withTimeLimit(asked, stallMs, () => inferenceStalled(WHAT, stallMs));
        try {
          const report = await unlessAborted(answer, signal);
          if (report !== null) return report;
        } catch (error) {
          drop(thread);
          throw error;
        }
      }
    },

    async close() {
      closed = true;
      if (running !== null) drop(running);
      await Promise.all(ending);
    },
  };
}

/** One running thread. */
interface FinderThread {
  /** Null when the thread was ended on another frame's account; rejects when it ended by itself. */
  ask(frame: LumaImage, changed: ChangeMask | undefined): Promise<FoundReport | null>;
  end(): Promise<void>;
}

function startThread(): FinderThread {
  const worker = new Worker(threadFile, { name: 'line-finder' });
  const waiting = new Map<number, PromiseWithResolvers<FoundReport | null>>();
  let lastId = 0;
  let isDropped = false;
  let hasEnded = false;
  let cause: Error | undefined;

  const settle = ({ resolve, reject }: PromiseWithResolvers<FoundReport | null>): void => {
    if (isDropped) resolve(null);
    else reject(inferenceCrashed(WHAT, cause));
  };
  worker.on('message', (report: FoundReport) => {
    waiting.get(report.id)?.resolve(report);
    waiting.delete(report.id);
  });
  worker.once('error', (error: Error) => {
    cause = error;
  });
  worker.once('exit', () => {
    hasEnded = true;
    for (const request of waiting.values()) settle(request);
    waiting.clear();
  });

  return {
    ask(frame, changed) {
      const answer = Promise.withResolvers<FoundReport | null>();
      if (hasEnded) {
        settle(answer);
        return answer.promise;
      }
      lastId += 1;
      waiting.set(lastId, answer);
      const request: FindRequest = { id: lastId, frame, ...(changed !== undefined && { changed }) };
      // This is a thread and not a window: there is no origin to name.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage(request);
      return answer.promise;
    },
    end() {
      isDropped = true;
      return endThread(worker);
    },
  };
}

function finderClosed(): AppError {
  return new AppError('WORKER_STOPPED', 'The text reader has been closed.');
}
