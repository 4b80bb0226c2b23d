import { describe, expect, it, jest } from '@jest/globals';
import { createFakeThread } from '../../helpers/fake-detector-thread.ts';
import { pixel, settle, spare, useFakePools, useFakeTime } from '../../helpers/fake-thread-pool.ts';

describe('the pool of detection threads', () => {
  const never = new AbortController().signal;
  const { start, started } = useFakePools();

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
    const reasons: string[] = [];
    const threads = start([thread], 10, { onGivenUp: (reason) => reasons.push(reason) });
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
    expect(reasons).toEqual([expect.stringContaining('All detection threads have died')]);
  });

  it('replaces a thread that does not answer, even one that cannot be ended, and fails only its frame', async () => {
    const thread = createFakeThread();
    const endings: string[] = [];
    thread.terminate = () => {
      endings.push('asked');
      return new Promise(() => {});
    };
    const threads = start([thread], 1, { stallMs: 30 });
    const stuck = threads.run(pixel(), 0.5, never);
    const next = threads.run(pixel(), 0.5, never);
    await expect(stuck).rejects.toMatchObject({ code: 'INFERENCE_STALLED', retryable: true });
    expect(endings).toEqual(['asked']);
    (await spare(started, 1)).answer(7);
    expect((await next).elapsedMs).toBe(7);
    // Its answer comes too late, and the thread gets no further frame.
    thread.answer(1);
    await settle();
    const last = [threads.run(pixel(), 0.5, never), threads.run(pixel(), 0.5, never)];
    expect(thread.frames).toHaveLength(1);
    for (const elapsedMs of [8, 9]) {
      started[0]?.answer(elapsedMs);
      await settle();
    }
    expect((await Promise.all(last)).map(({ elapsedMs }) => elapsedMs)).toEqual([8, 9]);
  });

  it('does not count the time that a frame waits for a thread', async () => {
    useFakeTime();
    const thread = createFakeThread();
    const threads = start([thread], 0, { stallMs: 150 });
    const answers = [1, 2, 3].map(() => threads.run(pixel(), 0.5, never));
    for (const elapsedMs of [1, 2, 3]) {
      // Together the three take longer than a single one may.
      jest.advanceTimersByTime(80);
      thread.answer(elapsedMs);
      await settle();
    }
    expect((await Promise.all(answers)).map(({ elapsedMs }) => elapsedMs)).toEqual([1, 2, 3]);
  });

  it('replaces a thread that stays busy with a frame of nobody, as often as that happens', async () => {
    const first = createFakeThread();
    const threads = start([first], 10, { abandonedMs: 20 });
    for (const number of [1, 2, 3, 4, 5]) {
      const controller = new AbortController();
      const running = threads.run(pixel(), 0.5, controller.signal);
      controller.abort(new Error('enough'));
      await expect(running).rejects.toThrow('enough');
      await spare(started, number);
      await settle();
    }
    const next = threads.run(pixel(), 0.5, never);
    started[4]?.answer(5);
    expect((await next).elapsedMs).toBe(5);
    expect(first.isAlive()).toBe(false);
  });

  it('keeps a thread that answers soon after its frame was abandoned', async () => {
    useFakeTime();
    const thread = createFakeThread();
    const threads = start([thread], 1, { abandonedMs: 60 });
    const controller = new AbortController();
    const running = threads.run(pixel(), 0.5, controller.signal);
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    jest.advanceTimersByTime(50);
    thread.answer(1);
    const next = threads.run(pixel(), 0.5, never);
    await settle();
    // Longer than an abandoned frame may last.
    jest.advanceTimersByTime(1_000);
    await settle();
    thread.answer(2);
    expect((await next).elapsedMs).toBe(2);
    expect(started).toHaveLength(0);
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
    expect(started.map((late) => late.isAlive())).toEqual([false]);
  });
});
