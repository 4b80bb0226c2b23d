import { AppError } from '../../src/errors.ts';
import type { LanguageData } from '../../src/results/results-document.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Recogniser } from './recogniser.ts';

/** What a pool is made of. */
export interface RecogniserPoolOptions {
  /** How many engines there are at most, whatever languages they read. */
  places: number;
  /** After how many images an engine is replaced by a fresh one: the memory of WebAssembly grows and never shrinks. */
  imagesAnEngine: number;
  /** Starts an engine by this data, that of the main language first. */
  start: (languages: readonly LanguageData[]) => Promise<Recogniser>;
}

/** Engines that stay for the next image of the same languages and data, until their place is needed for others. */
export interface RecogniserPool {
  /**
   * Runs `work` with an engine for these languages (their order counts), as soon as one of the places is free. When
   * `work` fails, its engine is ended and replaced the next time.
   * @throws the signal's reason as soon as it is aborted before an engine is there; AppError WORKER_STOPPED when the pool is
   * closed; what `start` and `work` throw.
   */
  use<T>(
    languages: readonly LanguageData[],
    work: (engine: Recogniser) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** Ends all engines, also busy ones; a second call does nothing. */
  close(): Promise<void>;
}

interface PooledEngine {
  key: string;
  engine: Recogniser;
}

/** Creates the pool; it starts its engines when they are first needed. */
export function createRecogniserPool(options: RecogniserPoolOptions): RecogniserPool {
  /** The one that has been idle for the longest time comes first. */
  const idle: PooledEngine[] = [];
  const all = new Set<PooledEngine>();
  const waiting = new Set<() => void>();
  const starting = new Set<Promise<unknown>>();
  let busy = 0;
  let closed = false;

  const takePlace = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      if (closed) throw readerClosed();
      if (busy < options.places) break;
      const turn = Promise.withResolvers<void>();
      waiting.add(turn.resolve);
      await unlessAborted(turn.promise, signal).finally(() => waiting.delete(turn.resolve));
    }
    busy += 1;
  };

  const leavePlace = (): void => {
    busy -= 1;
    wakeWaiting();
  };

  /** All of them, because those that come first may want no place any more. */
  const wakeWaiting = (): void => {
    for (const wake of waiting) wake();
  };

  /** An idle engine for the languages, or a new one, for which an idle engine of other languages may have to go. */
  const findEngine = async (languages: readonly LanguageData[]): Promise<PooledEngine> => {
    const key = languages.map(({ language, sha256 }) => `${language}:${sha256}`).join('+');
    const position = idle.findLastIndex((pooled) => pooled.key === key);
    const [ready] = position === -1 ? [] : idle.splice(position, 1);
    if (ready !== undefined) return ready;
    const superfluous = busy + idle.length > options.places ? idle.shift() : undefined;
    if (superfluous !== undefined) await discard(superfluous);
    const fresh = { key, engine: await options.start(languages) };
    all.add(fresh);
    return fresh;
  };

  const discard = async (pooled: PooledEngine): Promise<void> => {
    all.delete(pooled);
    await pooled.engine.terminate();
  };

  const putBack = async (pooled: PooledEngine): Promise<void> => {
    if (closed || pooled.engine.imageCount() >= options.imagesAnEngine) await discard(pooled);
    else idle.push(pooled);
  };

  const prepare = async (languages: readonly LanguageData[]): Promise<PooledEngine> => {
    const preparing = findEngine(languages);
    starting.add(preparing);
    try {
      return await preparing;
    } finally {
      starting.delete(preparing);
    }
  };

  return {
    async use(languages, work, signal) {
      await takePlace(signal);
      const preparing = prepare(languages);
      let pooled: PooledEngine;
      try {
        pooled = await unlessAborted(preparing, signal);
      } catch (error) {
        // A start cannot be stopped half-way: it keeps its place until it is over, and the engine is for the next.
        void preparing.then(putBack, () => {}).finally(leavePlace);
        throw error;
      }
      let healthy = false;
      try {
        if (closed) throw readerClosed();
        const result = await work(pooled.engine);
        healthy = true;
        return result;
      } finally {
        if (healthy) await putBack(pooled);
        else await discard(pooled);
        leavePlace();
      }
    },

    async close() {
      closed = true;
      wakeWaiting();
      // An engine that is just starting cannot be stopped half-way; it ends as soon as it runs.
      await Promise.allSettled(starting);
      const engines = [...all];
      all.clear();
      idle.length = 0;
      await Promise.all(engines.map(({ engine }) => engine.terminate()));
    },
  };
}

function readerClosed(): AppError {
  return new AppError('WORKER_STOPPED', 'The text reader has been closed.');
}
