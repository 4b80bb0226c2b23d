import { afterEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { DetectorThread } from '../../../worker/detection/tensorflow/start-detector-thread.ts';
import type { DetectedReport } from '../../../worker/detection/tensorflow/thread-messages.ts';
import { createThreadPool, type ThreadPool } from '../../../worker/detection/tensorflow/thread-pool.ts';
import type { RgbImage } from '../../../worker/rgb-image.ts';

/** A thread that answers when the test says so. */
interface FakeThread extends DetectorThread {
  frames: RgbImage[];
  answer(elapsedMs: number): void;
  die(): void;
}

function createFakeThread(): FakeThread {
  const ended = Promise.withResolvers<Error | undefined>();
  const frames: RgbImage[] = [];
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

function pixel(): RgbImage {
  return { width: 1, height: 1, data: new Uint8Array(new SharedArrayBuffer(3)) };
}

/** Lets everything happen that is already decided. */
async function settle(): Promise<void> {
  await new Promise((done) => {
    setImmediate(done);
  });
}

describe('the pool of detection threads', () => {
  const never = new AbortController().signal;
  let pool: ThreadPool | undefined;
  let started: FakeThread[] = [];

  function start(threads: FakeThread[], spareCount = 0): ThreadPool {
    started = [];
    pool = createThreadPool({
      threads,
      logger: createSilentLogger(),
      startThread: () => {
        if (started.length >= spareCount) return Promise.reject(new Error('no spare'));
        const spare = createFakeThread();
        started.push(spare);
        return Promise.resolve(spare);
      },
    });
    return pool;
  }

  afterEach(async () => {
    await pool?.close();
  });

  it('gives the next frame to the thread that is idle first', async () => {
    const [slow, fast] = [createFakeThread(), createFakeThread()];
    const threads = start([slow, fast]);
    const answers = [1, 2, 3].map(() => threads.run(pixel(), 0.5, never));
    expect([slow.frames.length, fast.frames.length]).toEqual([1, 1]);
    fast.answer(2);
    await settle();
    expect([slow.frames.length, fast.frames.length]).toEqual([1, 2]);
    fast.answer(3);
    slow.answer(1);
    expect((await Promise.all(answers)).map(({ elapsedMs }) => elapsedMs)).toEqual([1, 2, 3]);
  });

  it('rejects with the reason of the abort, drops the late answer and goes on', async () => {
    const thread = createFakeThread();
    const threads = start([thread]);
    const abort = new AbortController();
    const running = threads.run(pixel(), 0.5, abort.signal);
    const queued = threads.run(pixel(), 0.5, abort.signal);
    const other = threads.run(pixel(), 0.5, never);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(queued).rejects.toBe(reason);
    await expect(threads.run(pixel(), 0.5, abort.signal)).rejects.toBe(reason);
    thread.answer(1);
    await settle();
    thread.answer(2);
    expect((await other).elapsedMs).toBe(2);
    expect(thread.frames).toHaveLength(2);
  });

  it('replaces a thread that dies and fails only its frame', async () => {
    const thread = createFakeThread();
    const threads = start([thread], 1);
    const lost = threads.run(pixel(), 0.5, never);
    const next = threads.run(pixel(), 0.5, never);
    thread.die();
    await expect(lost).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await settle();
    started[0]?.answer(7);
    expect((await next).elapsedMs).toBe(7);
  });

  it('gives up when threads keep dying without an answer', async () => {
    const thread = createFakeThread();
    const threads = start([thread], 10);
    const waiting = threads.run(pixel(), 0.5, never);
    thread.die();
    await expect(waiting).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    for (const replacement of [0, 1, 2]) {
      // Each of them is started only after the one before it has died.
      // oxlint-disable-next-line no-await-in-loop
      await settle();
      started[replacement]?.die();
    }
    await settle();
    expect(started).toHaveLength(3);
    await expect(threads.run(pixel(), 0.5, never)).rejects.toThrow('All detection threads have died');
  });

  it('fails what waits when no replacement can be started', async () => {
    const thread = createFakeThread();
    const threads = start([thread]);
    const answers = [threads.run(pixel(), 0.5, never), threads.run(pixel(), 0.5, never)];
    thread.die();
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('rejects everything once it is closed, as often as it is closed', async () => {
    const thread = createFakeThread();
    const threads = start([thread]);
    const answers = [threads.run(pixel(), 0.5, never), threads.run(pixel(), 0.5, never)];
    const outcomes = Promise.allSettled(answers);
    await Promise.all([threads.close(), threads.close()]);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'WORKER_STOPPED' } });
    }
    await expect(threads.run(pixel(), 0.5, never)).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
    expect(thread.isAlive()).toBe(false);
  });

  it('ends a replacement that was just starting when it is closed', async () => {
    const thread = createFakeThread();
    const threads = start([thread], 1);
    thread.die();
    await thread.ended;
    await threads.close();
    expect(started.map((spare) => spare.isAlive())).toEqual([false]);
  });
});
