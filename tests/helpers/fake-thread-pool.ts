import { afterEach, jest } from '@jest/globals';
import { createSilentLogger } from '../../src/logger.ts';
import type { DetectorFrame } from '../../worker/detection/object-detector.ts';
import {
  createThreadPool,
  type ThreadPool,
  type ThreadPoolOptions,
} from '../../worker/detection/tensorflow/thread-pool.ts';
import { createFakeThread, type FakeThread } from './fake-detector-thread.ts';
import { waitFor } from './wait-for.ts';

/** A frame of one pixel. */
export function pixel(): DetectorFrame {
  return frameOf(1);
}

/** A frame of so many pixels in a row. */
export function frameOf(width: number): DetectorFrame {
  const source = { width, height: 1 };
  return { image: { ...source, data: new Uint8Array(new SharedArrayBuffer(3 * width)) }, source };
}

/** Stops the clock for timers, and leaves alone what `settle` needs. */
export function useFakeTime(): void {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
}

/** A spare thread as soon as the pool has started it. */
export function spare(started: readonly FakeThread[], number: number): Promise<FakeThread> {
  return waitFor(async () => started[number - 1], 10_000, `replacement ${number}`);
}

/** Lets everything happen that is already decided. */
export async function settle(): Promise<void> {
  await new Promise((done) => {
    setImmediate(done);
  });
}

/** Pools of fake threads, one a test. */
export interface FakePools {
  /** A pool over these threads that can start `spareCount` more. It is closed after the test. */
  start: (
    threads: FakeThread[],
    spareCount?: number,
    options?: Partial<Pick<ThreadPoolOptions, 'stallMs' | 'abandonedMs' | 'onGivenUp'>>,
  ) => ThreadPool;
  /** What the pool of this test has started. */
  readonly started: readonly FakeThread[];
}

/** Pools for the tests of a file, which get the real clock back after each. To be called outside of tests and hooks. */
export function useFakePools(): FakePools {
  const started: FakeThread[] = [];
  let pool: ThreadPool | undefined;
  afterEach(async () => {
    jest.useRealTimers();
    await pool?.close();
  });
  return {
    started,
    start: (threads, spareCount = 0, options = {}) => {
      started.length = 0;
      pool = createThreadPool({
        threads,
        stallMs: 60_000,
        ...options,
        logger: createSilentLogger(),
        startThread: () => {
          if (started.length >= spareCount) return Promise.reject(new Error('no spare'));
          const fresh = createFakeThread();
          started.push(fresh);
          return Promise.resolve(fresh);
        },
      });
      return pool;
    },
  };
}
