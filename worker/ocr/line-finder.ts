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
   * See findLines. Several calls at once are answered one after the other; waiting for one's turn counts in no limit.
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
 * Creates the finder; its thread starts with the first frame. A thread that has not answered within `stallMs` milliseconds
 * of being given a frame, or whose frame nobody wants any more, is ended, and the next frame goes to another one.
 */
export function createLineFinder(stallMs: number): LineFinder {
  let running: FinderThread | null = null;
  let closed = false;
  /** Resolves when the frames that came before are done with, however that went. */
  let turn: Promise<unknown> = Promise.resolve();
  const ending = new Set<Promise<void>>();

  const drop = (thread: FinderThread): void => {
    if (running !== thread) return;
    running = null;
    const end = thread.end();
    ending.add(end);
    void end.finally(() => ending.delete(end));
  };

  const findInTurn = async (request: FindRequest, before: Promise<unknown>, signal: AbortSignal) => {
    await before;
    signal.throwIfAborted();
    if (closed) throw finderClosed();
    running ??= startThread();
    const thread = running;
    try {
      const answer = withTimeLimit(thread.ask(request), stallMs, () => inferenceStalled(WHAT, stallMs));
      return await unlessAborted(answer, signal);
    } catch (error) {
      drop(thread);
      throw error;
    }
  };

  return {
    find(frame, changed, signal) {
      const request: FindRequest = { frame, ...(changed !== undefined && { changed }) };
      const found = findInTurn(request, turn, signal);
      turn = found.catch(() => {});
      // Whoever gives up while others have their turn need not wait for it.
      return unlessAborted(found, signal);
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
  /** One frame at a time. Rejects when the thread ends before it answers. */
  ask(request: FindRequest): Promise<FoundReport>;
  end(): Promise<void>;
}

function startThread(): FinderThread {
  const worker = new Worker(threadFile, { name: 'line-finder' });
  let asked = Promise.withResolvers<FoundReport>();
  let isEnding = false;
  let hasEnded = false;
  let cause: Error | undefined;

  const endOfThread = (): AppError => (isEnding ? finderClosed() : inferenceCrashed(WHAT, cause));
  worker.on('message', (report: FoundReport) => asked.resolve(report));
  worker.once('error', (error: Error) => {
    cause = error;
  });
  worker.once('exit', () => {
    hasEnded = true;
    // Nobody may be waiting.
    asked.promise.catch(() => {});
    asked.reject(endOfThread());
  });

  return {
    async ask(request) {
      if (hasEnded) throw endOfThread();
      asked = Promise.withResolvers();
      // This is a thread and not a window: there is no origin to name.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage(request);
      return asked.promise;
    },
    end() {
      isEnding = true;
      return endThread(worker);
    },
  };
}

function finderClosed(): AppError {
  return new AppError('WORKER_STOPPED', 'The text reader has been closed.');
}
