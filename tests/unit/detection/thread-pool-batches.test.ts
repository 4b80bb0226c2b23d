import { describe, expect, it, jest } from '@jest/globals';
import { createFakeThread } from '../../helpers/fake-detector-thread.ts';
import { frameOf, pixel, settle, spare, useFakePools, useFakeTime } from '../../helpers/fake-thread-pool.ts';

describe('the pool of detection threads that take several frames at once', () => {
  const never = new AbortController().signal;
  const { start, started } = useFakePools();

  it('gives an idle thread what waits, up to its batch size, and each frame its own answer', async () => {
    const thread = createFakeThread(3);
    const threads = start([thread]);
    const answers = Promise.allSettled(
      [1, 2, 3, 4, 5].map((width) => threads.run(frameOf(width), 0.5, never)),
    );
    for (const elapsedMs of [1, 9, 4]) {
      thread.answer(elapsedMs);
      // What waits is given out only after an answer has come.
      // oxlint-disable-next-line no-await-in-loop
      await settle();
    }
    expect(thread.batches).toEqual([1, 3, 1]);
    const found = (await answers).map((one) => (one.status === 'fulfilled' ? one.value : undefined));
    expect(found.map((one) => one?.detections.length)).toEqual([1, 2, 3, 4, 5]);
    expect(found.map((one) => one?.elapsedMs)).toEqual([1, 3, 3, 3, 4]);
  });

  it('goes on with a batch of which one frame is aborted, and gives up on one of which all are', async () => {
    const thread = createFakeThread(2);
    const threads = start([thread], 1, { abandonedMs: 20 });
    const controllers = [1, 2, 3].map(() => new AbortController());
    const [first, second, third] = controllers.map(({ signal }) => threads.run(pixel(), 0.5, signal));
    thread.answer(1);
    await first;
    controllers[1]?.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    expect(thread.batches).toEqual([1, 2]);
    thread.answer(8);
    expect((await third)?.elapsedMs).toBe(4);
    expect(started).toHaveLength(0);

    const abort = new AbortController();
    const busy = threads.run(pixel(), 0.5, never);
    const doomed = [threads.run(pixel(), 0.5, abort.signal), threads.run(pixel(), 0.5, abort.signal)];
    thread.answer(1);
    await busy;
    abort.abort(new Error('enough'));
    for (const outcome of await Promise.allSettled(doomed)) expect(outcome.status).toBe('rejected');
    await spare(started, 1);
    expect(thread.isAlive()).toBe(false);
  });

  it('keeps a thread whose batch is wanted by one frame still, however long ago another was aborted', async () => {
    useFakeTime();
    const thread = createFakeThread(2);
    const threads = start([thread], 1, { abandonedMs: 60 });
    const abort = new AbortController();
    const busy = threads.run(pixel(), 0.5, never);
    const aborted = threads.run(pixel(), 0.5, abort.signal);
    const wanted = threads.run(pixel(), 0.5, never);
    thread.answer(1);
    await busy;
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    jest.advanceTimersByTime(1_000);
    await settle();
    thread.answer(2);
    expect((await wanted).elapsedMs).toBe(1);
    expect(started).toHaveLength(0);
  });

  it('fails the frames of a batch whose thread dies, and no others', async () => {
    const thread = createFakeThread(2);
    const threads = start([thread], 1);
    const busy = threads.run(pixel(), 0.5, never);
    const lost = [threads.run(pixel(), 0.5, never), threads.run(pixel(), 0.5, never)];
    const next = threads.run(pixel(), 0.5, never);
    thread.answer(1);
    await busy;
    await settle();
    thread.die();
    for (const outcome of await Promise.allSettled(lost)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'WORKER_CRASHED' } });
    }
    await settle();
    started[0]?.answer(7);
    expect((await next).elapsedMs).toBe(7);
  });

  it('allows a batch the time of each of its frames', async () => {
    useFakeTime();
    const thread = createFakeThread(2);
    const threads = start([thread], 0, { stallMs: 150 });
    const answers = [1, 2, 3].map(() => threads.run(pixel(), 0.5, never));
    thread.answer(1);
    await settle();
    jest.advanceTimersByTime(280);
    thread.answer(2);
    expect((await Promise.all(answers)).map(({ elapsedMs }) => elapsedMs)).toEqual([1, 1, 1]);
  });
});
