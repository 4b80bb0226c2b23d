import { afterAll, expect, it } from '@jest/globals';
import { extractFrames } from '../../../worker/frames/extract-frames.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { neverAborted, probe, testBinaries, TINY_VIDEO } from '../../helpers/video-tools.ts';

afterAll(waitUntilNoFfmpeg);

/** Sampled moments of a video: index, time, and a picture of each. */
async function sample(
  path: string,
  options: { afterFrameIndex?: number; maxFrames?: number; adapt?: boolean } = {},
) {
  const { adapt = true, ...rest } = options;
  const facts = await probe(path);
  const size = { width: Math.round(facts.media.width / 8), height: Math.round(facts.media.height / 8) };
  const extraction = extractFrames(await testBinaries(), path, facts, {
    pictures: [{ name: 'small', pixels: 'gray', fit: 'stretch', ...size }],
    samplesPerSecond: 1,
    maxFrames: 1000,
    maxSeconds: 60,
    signal: neverAborted(),
    ...(adapt && { adaptTo: 'small' as const }),
    ...rest,
  });
  const frames: { frameIndex: number; timestampMs: number; picture: string }[] = [];
  for await (const { frameIndex, timestampMs, pictures } of extraction) {
    frames.push({ frameIndex, timestampMs, picture: Buffer.from(pictures.small.data).toString('base64') });
  }
  return frames;
}

const times = (frames: { timestampMs: number }[]): number[] => frames.map(({ timestampMs }) => timestampMs);

it('samples the frames around the coming and going of a caption, beside the grid', async () => {
  const frames = await sample(TINY_VIDEO);
  // The caption is there from 500 ms until before 2500 ms; the frames lie 125 ms apart, the last at 2875 ms.
  expect(times(frames)).toEqual(expect.arrayContaining([0, 375, 500, 1000, 2000, 2375, 2500, 2875]));
  expect(new Set(frames.map(({ frameIndex }) => frameIndex)).size).toBe(frames.length);
});

it('gives each frame the picture that is decoded at its time', async () => {
  const uniform = await sample(TINY_VIDEO, { adapt: false });
  const adaptive = await sample(TINY_VIDEO);
  expect(adaptive).toEqual(expect.arrayContaining(uniform));
  const before = adaptive.find(({ timestampMs }) => timestampMs === 375)?.picture;
  const after = adaptive.find(({ timestampMs }) => timestampMs === 500)?.picture;
  expect(before).not.toBe(after);
});

it('samples the same frames behind any of them when it goes on there', async () => {
  const whole = await sample(TINY_VIDEO);
  for (const { frameIndex } of whole) {
    expect(await sample(TINY_VIDEO, { afterFrameIndex: frameIndex })).toEqual(
      whole.filter((frame) => frame.frameIndex > frameIndex),
    );
  }
});

it('keeps to the limit of sampled frames by leaving out changes, not the grid', async () => {
  expect(times(await sample(TINY_VIDEO, { maxFrames: 3 }))).toEqual([0, 1000, 2000]);
  const limited = await sample(TINY_VIDEO, { maxFrames: 5 });
  expect([4, 5]).toContain(limited.length);
  expect(times(limited)).toEqual(expect.arrayContaining([0, 1000, 2000]));
});

describeWithData('videos/text', 'adaptive sampling of text that changes', () => {
  it.each([
    ['flash_1frame.mp4', [2000], 1],
    ['slides_white.mp4', [3000, 6000], 1],
    ['subtitles_box.mp4', [3000, 6000, 9000], 100],
  ] as const)('samples %s at each change', async (name, changes, toleranceMs) => {
    const sampled = times(await sample(optionalData('videos/text', name)));
    for (const change of changes) {
      expect(sampled.filter((time) => Math.abs(time - change) <= toleranceMs)).not.toEqual([]);
      // The last frame of what was there before.
      expect(sampled.filter((time) => time < change && time >= change - 150)).not.toEqual([]);
    }
  });
});
