import { AppError } from '../../src/errors.ts';
import type { OcrLanguage } from '../../src/jobs/ocr-languages.ts';
import type { Recogniser } from './recogniser.ts';

/** What a pool is made of. */
export interface RecogniserPoolOptions {
  /** How many engines there are at most, whatever languages they read. */
  places: number;
  /** Starts an engine for these languages, the main one first. */
  start: (languages: readonly OcrLanguage[]) => Promise<Recogniser>;
}

/** Engines that stay for the next image of the same languages, until their place is needed for other languages. */
export interface RecogniserPool {
  /**
   * Runs `work` with an engine for these languages (their order counts), as soon as one of the places is free. When
   * `work` fails, its engine is ended and replaced the next time.
   * @throws the signal's reason when it is aborted before an engine is there; AppError WORKER_STOPPED when the pool is
   * closed; what `start` and `work` throw.
   */
  use<T>(
    languages: readonly OcrLanguage[],
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
  const waiting: (() => void)[] = [];
  const starting = new Set<Promise<unknown>>();
  let busy = 0;
  let closed = false;

  const takePlace = async (signal: AbortSignal): Promise<void> => {
    while (busy >= options.places) {
      const turn = Promise.withResolvers<void>();
      waiting.push(turn.resolve);
      await turn.promise;
    }
    signal.throwIfAborted();
    if (closed) throw readerClosed();
    busy += 1;
  };

  const leavePlace = (): void => {
    busy -= 1;
    // All are woken, because some may have been aborted while they waited.
    for (const wake of waiting.splice(0)) wake();
  };

  /** An idle engine for the languages, or a new one, for which an idle engine of other languages may have to go. */
  const findEngine = async (languages: readonly OcrLanguage[]): Promise<PooledEngine> => {
    const key = languages.join('+');
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

  const prepare = async (languages: readonly OcrLanguage[]): Promise<PooledEngine> => {
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
      try {
        const pooled = await prepare(languages);
        let healthy = true;
        try {
          if (closed) throw readerClosed();
          signal.throwIfAborted();
          healthy = false;
          const result = await work(pooled.engine);
          healthy = true;
          return result;
        } finally {
          if (healthy && !closed) idle.push(pooled);
          else await discard(pooled);
        }
      } finally {
        leavePlace();
      }
    },

    async close() {
      closed = true;
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
