import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { findLines } from '../../../worker/ocr/find-lines.ts';
import { createLineFinder } from '../../../worker/ocr/line-finder.ts';
import { drawTexts, evenLuma, noisyLuma } from '../../helpers/draw-luma.ts';

const never = new AbortController().signal;
const image = drawTexts(evenLuma(640, 360, 250), [
  { text: 'Found on a thread', x: 80, y: 200, size: 32, level: 10 },
]);

describe('the finder of lines', () => {
  const finder = createLineFinder(60_000);
  afterAll(() => finder.close());

  it('answers what is found without a thread, also to several at once and with a mask', async () => {
    const changed = { width: 4, height: 4, changed: new Uint8Array(16) };
    const [whole, masked, blank] = await Promise.all([
      finder.find(image, undefined, never),
      finder.find(image, changed, never),
      finder.find(evenLuma(640, 360, 9), undefined, never),
    ]);
    expect(whole.lines).toEqual(findLines(image));
    expect(whole.lines).toHaveLength(1);
    expect([masked.lines, blank.lines]).toEqual([[], []]);
    expect(whole.elapsedMs).toBeGreaterThan(0);
  });

  it('lets somebody go at once, and still answers the others', async () => {
    const controller = new AbortController();
    const gone = finder.find(noisyLuma(1280, 720, 1), undefined, controller.signal);
    const outcome = expect(gone).rejects.toThrow('enough');
    const others = [image, image].map((frame) => finder.find(frame, undefined, never));
    controller.abort(new Error('enough'));
    await outcome;
    for (const { lines } of await Promise.all(others)) expect(lines).toHaveLength(1);
  });

  it('says when the thread crashes, and has another for the next frame', async () => {
    // Nothing that the reader lets through; the thread cannot allocate so many pixels.
    const broken = { width: -5, height: 5, data: image.data };
    await expect(finder.find(broken, undefined, never)).rejects.toMatchObject({ code: 'INFERENCE_STALLED' });
    expect((await finder.find(image, undefined, never)).lines).toHaveLength(1);
  });

  it('ends a thread that does not answer in time', async () => {
    const hasty = createLineFinder(1);
    const frame = noisyLuma(1280, 720, 1);
    await expect(hasty.find(frame, undefined, never)).rejects.toMatchObject({ code: 'INFERENCE_STALLED' });
    await hasty.close();
  });

  it('counts the time that a frame takes, and not what it waits for others', async () => {
    const patient = createLineFinder(1_000);
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    try {
      const found = [image, image, image].map((frame) => patient.find(frame, undefined, never));
      for (const one of found) {
        jest.advanceTimersByTime(900);
        expect((await one).lines).toHaveLength(1);
        // The next frame is given to the thread.
        await nextTurn();
      }
      // What waits behind one that is given up has not used any of its time either.
      const stuck = [noisyLuma(1280, 720, 1), image].map((frame) => patient.find(frame, undefined, never));
      const outcome = expect(stuck[0]).rejects.toMatchObject({ code: 'INFERENCE_STALLED' });
      await nextTurn();
      jest.advanceTimersByTime(1_100);
      await outcome;
      expect((await stuck[1])?.lines).toHaveLength(1);
    } finally {
      jest.useRealTimers();
      await patient.close();
    }
  });

  it('takes no more frames when it is closed', async () => {
    const closed = createLineFinder(60_000);
    await closed.find(image, undefined, never);
    await closed.close();
    await closed.close();
    await expect(closed.find(image, undefined, never)).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
  });
});
