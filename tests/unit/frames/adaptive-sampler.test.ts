import { describe, expect, it } from '@jest/globals';
import { createAdaptiveSampler } from '../../../worker/frames/adaptive-sampler.ts';
import type { Picture } from '../../../worker/frames/pictures.ts';

const PIXELS = 400;

/** A dark picture whose first `bright` pixels are as bright as given. */
function picture(bright: number, level = 200): Picture {
  const data = new Uint8Array(new SharedArrayBuffer(PIXELS)).fill(40);
  return { width: 20, height: 20, data: data.fill(level, 0, bright) };
}

/** The frames that are sampled of a video with 25 frames a second: their numbers. */
function sample(pictures: readonly Picture[], samplesPerSecond = 1, maxExtra = Infinity): number[] {
  const sampler = createAdaptiveSampler(samplesPerSecond, maxExtra);
  const sampled = new Set<number>();
  const step = 25 / samplesPerSecond;
  for (const [index, watched] of pictures.entries()) {
    const onGrid = index % step === 0;
    const choice = sampler.next({ timeMs: index * 40, picture: watched, onGrid });
    if (choice === 'both') sampled.add(index - 1);
    if (onGrid || choice !== 'none') sampled.add(index);
  }
  return [...sampled].toSorted((a, b) => a - b);
}

const still = (count: number, bright = 0): Picture[] => Array.from({ length: count }, () => picture(bright));

describe('adaptive sampling', () => {
  it('takes the grid alone while nothing changes', () => {
    expect(sample(still(100))).toEqual([0, 25, 50, 75]);
  });

  it('takes the last frame before a change and the first after it', () => {
    expect(sample([...still(35), ...still(40, 30)])).toEqual([0, 25, 34, 35, 50]);
  });

  it('takes what is shown for a single frame, and what is there before and behind it', () => {
    expect(sample([...still(35), picture(30), ...still(20)])).toEqual([0, 25, 34, 35, 36, 50]);
  });

  it('takes a frame once when a change meets the grid', () => {
    expect(sample([...still(25), ...still(20, 30)])).toEqual([0, 24, 25]);
    expect(sample([...still(26), ...still(20, 30)])).toEqual([0, 25, 26]);
  });

  it('passes over differences that nobody sees, and those of a few pixels', () => {
    expect(sample([...still(10), picture(PIXELS, 50), ...still(9)])).toEqual([0]);
    expect(sample([...still(10), picture(3), ...still(9)])).toEqual([0]);
  });

  it('passes over what moves all the time, and sees what comes on top of it', () => {
    // Twenty pixels change from each frame to the next.
    const moving = Array.from({ length: 75 }, (_, index) => picture(20 + (index % 2) * 20));
    const withCaption = moving.map((frame, index) => (index < 40 ? frame : addCaption(frame)));
    const burst = sample(moving).filter((index) => index > 10);
    expect(burst).toEqual([25, 50]);
    expect(sample(withCaption).filter((index) => index > 10)).toEqual([25, 39, 40, 50]);
  });

  it('spends no more than its budget, and gets it back with time', () => {
    const flashing = Array.from({ length: 1000 }, (_, index) => picture(index % 8 === 0 ? 50 : 0));
    const extra = sample(flashing).filter((index) => index % 25 !== 0);
    // Eight at once and two a second, for 40 s.
    expect(extra.length).toBeLessThanOrEqual(8 + 2 * 40);
    expect(extra.filter((index) => index > 500).length).toBeGreaterThan(0);
  });

  it('never takes more than the limit of sampled frames leaves', () => {
    const flashes = Array.from({ length: 200 }, (_, index) => picture(index % 40 === 10 ? 50 : 0));
    expect(sample(flashes, 1, 3).filter((index) => index % 25 !== 0)).toEqual([9, 10, 11]);
  });

  it('takes the last frame of all, unless it has been taken or the limit is reached', () => {
    const sampler = createAdaptiveSampler(1, 1);
    expect(sampler.takesLast()).toBe(false);
    sampler.next({ timeMs: 0, picture: picture(0), onGrid: true });
    expect(sampler.takesLast()).toBe(false);
    sampler.next({ timeMs: 40, picture: picture(0), onGrid: false });
    expect(sampler.takesLast()).toBe(true);
    const exhausted = createAdaptiveSampler(1, 0);
    exhausted.next({ timeMs: 0, picture: picture(0), onGrid: false });
    expect(exhausted.takesLast()).toBe(false);
  });

  it('takes nothing for a change where a frame shares the picture of the last', () => {
    const shared = picture(0);
    expect(sample([...Array.from({ length: 30 }, () => shared), ...still(5, 30)])).toEqual([0, 25, 29, 30]);
  });
});

function addCaption({ width, height, data }: Picture): Picture {
  const copy = new Uint8Array(new SharedArrayBuffer(PIXELS));
  copy.set(data);
  return { width, height, data: copy.fill(255, 300) };
}
