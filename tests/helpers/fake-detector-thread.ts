import { AppError } from '../../src/errors.ts';
import type { Detection } from '../../src/results/results-document.ts';
import type { DetectorFrame } from '../../worker/detection/object-detector.ts';
import type { DetectorThread } from '../../worker/detection/tensorflow/start-detector-thread.ts';
import type { DetectedReport } from '../../worker/detection/tensorflow/thread-messages.ts';

const SOMETHING: Detection = { label: 'thing', confidence: 1, box: { x: 0, y: 0, width: 1, height: 1 } };

/** A thread that answers when the test says so. */
export interface FakeThread extends DetectorThread {
  /** All frames so far. */
  frames: DetectorFrame[];
  /** How many of them came together. */
  batches: number[];
  answer(elapsedMs: number): void;
  die(): void;
}

/** See FakeThread. It finds on each frame as many objects as that is pixels wide. */
export function createFakeThread(batchSize = 1): FakeThread {
  const ended = Promise.withResolvers<Error | undefined>();
  const frames: DetectorFrame[] = [];
  const batches: number[] = [];
  let asked: readonly DetectorFrame[] = [];
  let pending: PromiseWithResolvers<DetectedReport> | undefined;
  let isAlive = true;
  const die = (): void => {
    isAlive = false;
    // The answer first and the end later: the harder order for the pool.
    pending?.reject(new AppError('WORKER_CRASHED', 'The thread died.'));
    ended.resolve(new Error('killed'));
  };
  return {
    frames,
    batches,
    ready: { kind: 'ready', backend: 'cpu', passedOver: [], batchSize },
    isAlive: () => isAlive,
    ended: ended.promise,
    detect(batch) {
      if (!isAlive) throw new Error('A dead thread was given a frame.');
      asked = batch;
      frames.push(...batch);
      batches.push(batch.length);
      pending = Promise.withResolvers();
      return pending.promise;
    },
    answer: (elapsedMs) =>
      pending?.resolve({
        kind: 'detected',
        id: 0,
        detections: asked.map(({ source }) => Array.from({ length: source.width }, () => SOMETHING)),
        elapsedMs,
        tensorCount: 0,
      }),
    die,
    terminate: () => {
      die();
      return Promise.resolve();
    },
  };
}
