import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import {
  decodedFrameTimes,
  extractAll,
  extractImages,
  probe,
  testBinaries,
  TINY_VIDEO,
} from '../../helpers/video-tools.ts';

const folder = temporaryDirectory();

const moments = (frames: { frameIndex: number; timestampMs: number }[]): [number, number][] =>
  frames.map(({ frameIndex, timestampMs }) => [frameIndex, timestampMs]);

describe('extractFrames', () => {
  it('delivers every frame with its index and its presentation timestamp, and cleans up', async () => {
    const { signal } = new AbortController();
    const frames = await extractAll(TINY_VIDEO, { signal });
    expect(moments(frames)).toEqual(Array.from({ length: 24 }, (_, index) => [index, index * 125]));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await waitUntilNoFfmpeg();
  });

  it('keeps the times of a recording that does not begin at zero', async () => {
    const path = join(folder, 'late.mp4');
    const shift = ['-c', 'copy', '-output_ts_offset', '5', '-movflags', '+frag_keyframe+empty_moov'];
    await promisify(execFile)((await testBinaries()).ffmpegPath, [
      '-v',
      'error',
      '-i',
      TINY_VIDEO,
      ...shift,
      path,
    ]);
    const truth = await decodedFrameTimes(path, 0);
    // How far the muxer really shifts depends on its version.
    expect(truth[0]).toBeGreaterThan(100);
    const frames = await extractAll(path);
    expect(moments(frames)).toEqual(truth.map((time, index) => [index, Math.round(time)]));
  });

  it.each([
    // Frames lie 125 ms apart: the first at or after each multiple of 1 s, 333.3 ms, 400 ms and 10 s.
    [1, [0, 8, 16]],
    [3, [0, 3, 6, 8, 11, 14, 16, 19, 22]],
    [2.5, [0, 4, 7, 10, 13, 16, 20, 23]],
    [0.1, [0]],
  ])(
    'takes the first frame at or after each point of the grid at %d samples a second',
    async (rate, expected) => {
      const frames = await extractAll(TINY_VIDEO, { samplesPerSecond: rate });
      expect(moments(frames)).toEqual(expected.map((index) => [index, index * 125]));
    },
  );

  it('gives each frame pixels of its own in shared memory', async () => {
    const frames = await extractAll(TINY_VIDEO, { samplesPerSecond: 1 });
    for (const { image } of frames) {
      expect([image.width, image.height, image.data.length]).toEqual([640, 360, 640 * 360 * 3]);
      expect(Object.prototype.toString.call(image.data.buffer)).toBe('[object SharedArrayBuffer]');
    }
    expect(new Set(frames.map(({ image }) => image.data.buffer)).size).toBe(frames.length);
  });

  it('pairs pictures and times rightly: the dark caption band is there from 500 ms until before 2500 ms', async () => {
    const frames = await extractAll(TINY_VIDEO);
    const dark = frames
      .filter(({ image }) => brightnessAtBottom(image) < 40)
      .map((frame) => frame.timestampMs);
    expect(dark).toEqual(Array.from({ length: 16 }, (_, index) => 500 + index * 125));
  });

  it('shrinks frames above the longest side that is wanted, to even numbers', async () => {
    const [frame] = await extractAll(TINY_VIDEO, { samplesPerSecond: 0.1, maxFrameSide: 100 });
    expect([frame?.image.width, frame?.image.height, frame?.image.data.length]).toEqual([
      100,
      56,
      100 * 56 * 3,
    ]);
  });

  it('refuses more frames than allowed before it starts anything', async () => {
    await expect(extractAll(TINY_VIDEO, { maxFrames: 23 })).rejects.toMatchObject({
      code: 'TOO_MANY_FRAMES',
      details: { limit: 'maxFrames', value: 24, maximum: 23 },
    });
  });

  it('notices more frames than the index promised while it runs', async () => {
    const facts = { ...(await probe(TINY_VIDEO)), presentationTimesMs: Float64Array.of(0, 125) };
    const options = { samplesPerSecond: 8, maxFrames: 5 };
    const deliver = async (): Promise<number> => {
      let delivered = 0;
      for await (const frame of extractImages(await testBinaries(), TINY_VIDEO, facts, options)) {
        delivered += frame.image.data.length > 0 ? 1 : 0;
      }
      return delivered;
    };
    await expect(deliver()).rejects.toMatchObject({ code: 'TOO_MANY_FRAMES' });
    await waitUntilNoFfmpeg();
  });

  it('says so when ffmpeg cannot be started', async () => {
    const facts = await probe(TINY_VIDEO);
    const binaries = { ...(await testBinaries()), ffmpegPath: '/nowhere/ffmpeg' };
    const frames = extractImages(binaries, TINY_VIDEO, facts);
    await expect(frames.next()).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
  });
});

function brightnessAtBottom({
  width,
  height,
  data,
}: {
  width: number;
  height: number;
  data: Uint8Array;
}): number {
  const row = data.subarray((height - 8) * width * 3, (height - 7) * width * 3);
  return row.reduce((sum, value) => sum + value, 0) / row.length;
}
