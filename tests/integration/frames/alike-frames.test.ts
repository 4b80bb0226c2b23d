import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { extractFrames } from '../../../worker/frames/extract-frames.ts';
import { decodeFrames, type DecodedFrame } from '../../../worker/frames/decode-frames.ts';
import { alikeBelow } from '../../../worker/frames/skip-alike.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { makeStillVideo } from '../../helpers/make-video.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, probe, testBinaries } from '../../helpers/video-tools.ts';

const FLASH = 33;
/** A mark as large as a letter, shown for one frame of 100. */
const FLASHING = `drawbox=x=150:y=100:w=10:h=12:color=black:t=fill:enable='between(t,${(FLASH - 0.5) / 25},${(FLASH + 0.5) / 25})'`;

const folder = temporaryDirectory();
const video = join(folder, 'flash.mp4');
beforeAll(() => makeStillVideo(video, 4, FLASHING, ['-movflags', '+faststart']));
afterAll(waitUntilNoFfmpeg);

/** All frames of a video, told from those that look alike or not. */
async function decode(path: string, share: boolean): Promise<DecodedFrame<'small'>[]> {
  const facts = await probe(path);
  const small = { name: 'small', pixels: 'gray', fit: 'stretch', width: 160, height: 120 } as const;
  const count = facts.presentationTimesMs.length;
  const decoding = decodeFrames({
    binaries: await testBinaries(),
    filePath: path,
    facts,
    range: { from: 0, to: count },
    filters: [],
    pictures: [small],
    alikeBelow: share ? alikeBelow(facts, small) : undefined,
    end: { frameIndex: count - 1, isMissing: facts.endsEarly, isFinal: true },
    afterFrameIndex: -1,
    maxSeconds: 60,
    signal: neverAborted(),
  });
  const frames: DecodedFrame<'small'>[] = [];
  for await (const frame of decoding) frames.push(frame);
  return frames;
}

const moments = (frames: readonly DecodedFrame<'small'>[]) =>
  frames.map(({ frameIndex, timeMs, repeated }) => ({ frameIndex, timeMs, repeated }));

describe('frames that look like the one before', () => {
  it('all come, with few pictures, and none that is far from their own', async () => {
    const [apart, shared] = [await decode(video, false), await decode(video, true)];
    expect(moments(shared)).toEqual(moments(apart));
    expect(shared.length).toBe(100);
    const made = shared.map(({ pictures }) => pictures);
    expect(new Set(made).size).toBeLessThan(20);
    const furthest = shared.map(({ pictures }, index) => {
      const own = apart[index]?.pictures.small.data ?? [];
      return Math.max(...pictures.small.data.map((value, at) => Math.abs(value - (own[at] ?? 0))));
    });
    expect(Math.max(...furthest)).toBeLessThanOrEqual(10);
  });

  it('do not hide one that is shown between them, or what comes after it', async () => {
    const made = (await decode(video, true)).map(({ pictures }) => pictures);
    expect(made[FLASH]).not.toBe(made[FLASH - 1]);
    expect(made[FLASH + 1]).not.toBe(made[FLASH]);
  });

  it('get new pictures after some time all the same', async () => {
    const made = (await decode(video, true)).map(({ pictures }) => pictures);
    for (let index = 25; index < made.length; index += 1) expect(made[index]).not.toBe(made[index - 25]);
  });

  it('are not made up where the file has no frames any more', async () => {
    const whole = await readFile(video);
    const cutOff = join(folder, 'cut-off.mp4');
    await writeFile(cutOff, whole.subarray(0, whole.length - 600));
    const [apart, shared] = [await decode(cutOff, false), await decode(cutOff, true)];
    expect(apart.length).toBeLessThan(100);
    expect(moments(shared)).toEqual(moments(apart));
  });

  it('are sampled on the grid and at the end, as all others', async () => {
    const facts = await probe(video);
    const small = { name: 'small', pixels: 'gray', fit: 'stretch', width: 160, height: 120 } as const;
    const times: number[] = [];
    for await (const { timestampMs } of extractFrames(await testBinaries(), video, facts, {
      pictures: [small],
      samplesPerSecond: 2,
      adaptTo: 'small',
      maxFrames: 100,
      maxSeconds: 60,
      signal: neverAborted(),
    })) {
      times.push(timestampMs);
    }
    expect(times).toEqual([0, 520, 1000, 1280, 1320, 1360, 1520, 2000, 2520, 3000, 3520, 3960]);
  });
});
