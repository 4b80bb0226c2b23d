import { AppError } from '../../src/errors.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { ObjectDetector } from './object-detector.ts';

/** Detectors by the names of their models. Each is started when it is first asked for, and kept. */
export interface Detectors {
  /**
   * Passes the detector of a model to `work`, and keeps it running at least until that has settled; null for the default
   * model. Settles as `work` does. A detector that is being started when the signal is aborted goes on starting, for the
   * next who asks.
   * @throws AppError when the model is unknown or does not run, WORKER_STOPPED after `close`; the signal's reason when it is
   * aborted before the detector runs.
   */
  use<T>(
    model: string | null,
    work: (detector: ObjectDetector) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** Ends all detectors, in use or not. */
  close(): Promise<void>;
}

interface Entry {
  detector: Promise<ObjectDetector>;
  users: number;
}

/** How many detectors run at once: each holds its model in the memory of every thread. */
const MAX_DETECTORS = 2;

/**
 * Makes the collection. `start` starts a detector, which is closed here. Of more than `maxDetectors`, those that nobody
 * uses are closed, the one that was used longest ago first; one that is in use never is.
 */
export function createDetectors(deps: {
  defaultModel: string;
  start: (model: string) => Promise<ObjectDetector>;
  maxDetectors?: number;
}): Detectors {
  const { defaultModel, start, maxDetectors = MAX_DETECTORS } = deps;
  // A map keeps its order: whatever was used last stands last.
  const entries = new Map<string, Entry>();
  let isClosed = false;

  /** Closes what nobody uses until no more than `count` are left, if that can be had. */
  const shrinkTo = async (count: number): Promise<void> => {
    const idle = [...entries].filter(([, entry]) => entry.users === 0);
    const surplus = idle.slice(0, Math.max(0, entries.size - count));
    for (const [model] of surplus) entries.delete(model);
    await Promise.all(surplus.map(([, entry]) => closeEntry(entry)));
  };

  const begin = (model: string): Entry => {
    const room = shrinkTo(maxDetectors - 1);
    const entry = { detector: room.then(() => start(model)), users: 0 };
    // One that did not start is tried anew for the next that asks. Whoever asked for this one is told why it failed.
    entry.detector.catch(() => {
      if (entries.get(model) === entry) entries.delete(model);
    });
    return entry;
  };

  return {
    async use(given, work, signal) {
      if (isClosed) throw closed();
      signal.throwIfAborted();
      const model = given ?? defaultModel;
      const entry = entries.get(model) ?? begin(model);
      entries.delete(model);
      entries.set(model, entry);
      entry.users += 1;
      let detector: ObjectDetector;
      try {
        detector = await unlessAborted(entry.detector, signal);
      } catch (error) {
        // It is in use until it has started: closing it before would have to wait for that.
        void leaveWhenStarted(entry);
        throw error;
      }
      try {
        return await work(detector);
      } finally {
        entry.users -= 1;
        await shrinkTo(maxDetectors);
      }
    },
    async close() {
      isClosed = true;
      const all = [...entries.values()];
      entries.clear();
      await Promise.all(all.map(closeEntry));
    },
  };
}

async function leaveWhenStarted(entry: Entry): Promise<void> {
  await Promise.allSettled([entry.detector]);
  entry.users -= 1;
}

async function closeEntry({ detector }: Entry): Promise<void> {
  const [started] = await Promise.allSettled([detector]);
  if (started.status === 'fulfilled') await started.value.close();
}

function closed(): AppError {
  return new AppError('WORKER_STOPPED', 'The worker is being stopped. The job waits for the next attempt.');
}
