import { describe, expect, it } from '@jest/globals';
import type { PictureCutter } from '../../../worker/frames/cut-pictures.ts';
import type { FrameClock } from '../../../worker/frames/frame-clock.ts';
import type { Pictures } from '../../../worker/frames/pictures.ts';
import { timePictures } from '../../../worker/frames/time-pictures.ts';

function clockOf(times: readonly number[]): FrameClock {
  const left = [...times];
  return { readLine() {}, end() {}, next: async () => left.shift() };
}

function pictureOf(id: number): Pictures<'small'> {
  return { small: { width: 1, height: 1, data: new Uint8Array(new SharedArrayBuffer(1)).fill(id) } };
}

function cutterOf(count: number): PictureCutter<'small'> {
  const left = Array.from({ length: count }, (_, index) => pictureOf(index + 1));
  return { recycle() {}, next: async () => left.shift() };
}

/** What comes of a run: the time of each frame, and which picture it has. */
async function timed(run: {
  pictures: number;
  times: readonly number[];
  every?: readonly number[];
  wroteAll?: boolean;
}): Promise<[number, number][]> {
  const { pictures, times, every, wroteAll = true } = run;
  const frames: [number, number][] = [];
  const request = {
    cutter: cutterOf(pictures),
    clock: clockOf(times),
    everyFrame: every && clockOf(every),
    wroteAll: async () => wroteAll,
  };
  for await (const { timeMs, pictures: made } of timePictures(request)) {
    frames.push([timeMs, made.small.data[0] ?? 0]);
  }
  return frames;
}

describe('pairing pictures with times', () => {
  it('gives each frame its own picture where every one has been made', async () => {
    const frames = await timed({ pictures: 3, times: [0, 40, 80] });
    expect(frames).toEqual([
      [0, 1],
      [40, 2],
      [80, 3],
    ]);
  });

  it('gives frames that were left out, also the last, the picture before', async () => {
    const frames = await timed({ pictures: 2, times: [0, 80], every: [0, 40, 80, 120, 160] });
    expect(frames).toEqual([
      [0, 1],
      [40, 1],
      [80, 2],
      [120, 2],
      [160, 2],
    ]);
  });

  it('makes up no last frames when the run was cut off', async () => {
    const run = { pictures: 2, times: [0, 80], every: [0, 40, 80, 120, 160] };
    expect(await timed({ ...run, wroteAll: false })).toEqual([
      [0, 1],
      [40, 1],
      [80, 2],
    ]);
  });

  it('goes no further than to a picture that did not arrive whole', async () => {
    const frames = await timed({ pictures: 1, times: [0, 80], every: [0, 40, 80, 120] });
    expect(frames).toEqual([
      [0, 1],
      [40, 1],
    ]);
  });

  it('ends where a picture has no time', async () => {
    expect(await timed({ pictures: 2, times: [0] })).toEqual([[0, 1]]);
  });
});
