import { AppError } from '../../src/errors.ts';
import type { DetectorFrame } from '../../worker/detection/object-detector.ts';
import type { DetectorThread } from '../../worker/detection/tensorflow/start-detector-thread.ts';
import type { DetectedReport } from '../../worker/detection/tensorflow/thread-messages.ts';

/** A thread that answers when the test says so. */
export interface FakeThread extends DetectorThread {
  frames: DetectorFrame[];
  answer(elapsedMs: number): void;
  die(): void;
}

/** See FakeThread. */
export function createFakeThread(): FakeThread {
  const ended = Promise.withResolvers<Error | undefined>();
  const frames: DetectorFrame[] = [];
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
    ready: { kind: 'ready', backend: 'cpu', passedOver: [] },
    isAlive: () => isAlive,
    ended: ended.promise,
    detect(frame) {
      if (!isAlive) throw new Error('A dead thread was given a frame.');
      frames.push(frame);
      pending = Promise.withResolvers();
      return pending.promise;
    },
    answer: (elapsedMs) =>
      pending?.resolve({ kind: 'detected', id: 0, detections: [], elapsedMs, tensorCount: 0 }),
    die,
    terminate: () => {
      die();
      return Promise.resolve();
    },
  };
}
