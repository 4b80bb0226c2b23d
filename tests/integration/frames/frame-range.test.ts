import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { makeVideo } from '../../helpers/make-video.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import {
  decodedFrameTimes,
  extractAll,
  type ImageFrame,
  probe,
  TINY_VIDEO,
} from '../../helpers/video-tools.ts';

const folder = temporaryDirectory();
afterAll(waitUntilNoFfmpeg);

const describeFrame = ({ frameIndex, timestampMs, image }: ImageFrame): string =>
  `${frameIndex} at ${timestampMs} ms: ${createHash('sha256').update(image.data).digest('hex')}`;

/** Ranges that begin and end at frames, beside frames and anywhere, early and late. */
function rangesOf(timesMs: readonly number[]): { startMs: number; endMs: number | null }[] {
  const at = (part: number): number => Math.round(timesMs[Math.floor((timesMs.length - 1) * part)] ?? 0);
  return [
    { startMs: 0, endMs: at(0.2) },
    { startMs: at(0.5), endMs: at(0.6) },
    { startMs: at(0.5) + 1, endMs: at(0.7) + 1 },
    { startMs: at(0.83), endMs: null },
    { startMs: at(1), endMs: at(1) + 1 },
  ].filter(({ startMs, endMs }) => {
    const isWithin = (time: number) => Math.round(time) >= startMs && Math.round(time) < (endMs ?? Infinity);
    return timesMs.some(isWithin);
  });
}

/** Every range delivers exactly the frames of the whole run that ffprobe says lie in it. */
async function expectExactRanges(path: string): Promise<void> {
  const { streamIndex } = await probe(path);
  const times = await decodedFrameTimes(path, streamIndex);
  const whole = (await extractAll(path, { maxFrameSide: 96 })).map(describeFrame);
  for (const range of rangesOf(times)) {
    const isWanted = (time: number) =>
      Math.round(time) >= range.startMs && Math.round(time) < (range.endMs ?? Infinity);
    const expected = whole.filter((_, index) => isWanted(times[index] ?? Number.NaN));
    const frames = await extractAll(path, { maxFrameSide: 96, range });
    expect(expected.length).toBeGreaterThan(0);
    expect([range, ...frames.map(describeFrame)]).toEqual([range, ...expected]);
  }
}

describe('a range of a video', () => {
  it('holds exactly the frames of the fixture that lie in it', () => expectExactRanges(TINY_VIDEO));

  it.each([
    ['B-frames', ['-bf', '3', '-g', '50']],
    ['open groups of pictures', ['-bf', '3', '-g', '50', '-x264-params', 'open-gop=1:scenecut=0']],
    ['B-frames in groups shorter than their delay', ['-bf', '8', '-g', '4', '-x264-params', 'b-pyramid=2']],
    ['a picture that is refreshed column by column', ['-x264-params', 'intra-refresh=1:keyint=60']],
    ['fragments', ['-g', '25', '-movflags', '+frag_keyframe+empty_moov']],
    [
      'fragments, beginning late',
      ['-g', '25', '-output_ts_offset', '7', '-movflags', '+frag_keyframe+empty_moov'],
    ],
    ['decoding times that lie far before', ['-bf', '3', '-g', '25', '-movflags', '+negative_cts_offsets']],
    ['an edit list', ['-g', '25', '-ss', '0', '-output_ts_offset', '3.21']],
    ['29.97 frames a second', ['-g', '25', '-r', '30000/1001']],
  ])('holds them of a video with %s', async (name, options) => {
    await expectExactRanges(await makeVideo(join(folder, `${name}.mp4`), 12, options));
  });

  it.each([
    // Frames lie 125 ms apart, so that 1000 ms is frame 8; the grid begins at the first frame of the range.
    [{ startMs: 1000, endMs: 2500 }, 2, [8, 12, 16]],
    [{ startMs: 1000, endMs: 2001 }, 2, [8, 12, 16]],
    [{ startMs: 1001, endMs: 2500 }, 2, [9, 13, 17]],
    [{ startMs: 876, endMs: null }, 0.5, [8]],
    [{ startMs: 0, endMs: 1000 }, 1, [0]],
  ])('samples %j at %d a second from its first frame on', async (range, samplesPerSecond, expected) => {
    const frames = await extractAll(TINY_VIDEO, { range, samplesPerSecond });
    expect(frames.map(({ frameIndex, timestampMs }) => [frameIndex, timestampMs])).toEqual(
      expected.map((index) => [index, index * 125]),
    );
  });

  it('counts only its own frames against the limit', async () => {
    const range = { startMs: 1000, endMs: 2000 };
    expect(await extractAll(TINY_VIDEO, { range, maxFrames: 8 })).toHaveLength(8);
    await expect(extractAll(TINY_VIDEO, { range, maxFrames: 7 })).rejects.toMatchObject({
      code: 'TOO_MANY_FRAMES',
      details: { value: 8, maximum: 7 },
    });
  });

  it.each([
    ['after the end', { startMs: 60_000, endMs: null }, 'options.startMs'],
    ['between two frames', { startMs: 126, endMs: 250 }, 'options.endMs'],
  ])('is refused when it lies %s, with the length of the video', async (_name, range, argument) => {
    await expect(extractAll(TINY_VIDEO, { range })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      retryable: false,
      message: expect.stringContaining('the video lasts 3000 ms'),
      details: { argument, durationMs: 3000, firstMs: 0, lastMs: 2875 },
    });
  });
});

describe('a range of a long video', () => {
  let path: string;
  beforeAll(async () => {
    path = await makeVideo(join(folder, 'long.mp4'), 600, ['-g', '250']);
  });

  const secondsFor = async (range: { startMs: number; endMs: number | null }): Promise<number> => {
    const begun = performance.now();
    const frames = await extractAll(path, { range, samplesPerSecond: 1 });
    expect(frames).toHaveLength((range.endMs ?? 600_000) / 1000 - range.startMs / 1000);
    return (performance.now() - begun) / 1000;
  };

  it('costs a small part of the whole, wherever it lies, and so does the rest of an earlier run', async () => {
    // Measured: 1.9 s, 0.13 s and 0.22 s. The margin is for machines that are busy with something else.
    const whole = await secondsFor({ startMs: 0, endMs: null });
    const early = await secondsFor({ startMs: 0, endMs: 5000 });
    const late = await secondsFor({ startMs: 590_000, endMs: 595_000 });
    expect(early).toBeLessThan(whole / 2);
    expect(late).toBeLessThan(whole / 2);

    const begun = performance.now();
    const rest = await extractAll(path, { samplesPerSecond: 1, afterFrameIndex: 25 * 590 });
    expect(rest).toHaveLength(9);
    expect((performance.now() - begun) / 1000).toBeLessThan(whole / 2);
  });
});

// Not the long clips of objects: they are coded as those of text, and every range decodes all of a video.
for (const kind of ['odd', 'text']) {
  const videos = optionalData('videos', kind);
  describeWithData(`videos/${kind}`, `ranges of the videos of the optional data: ${kind}`, () => {
    const isVideo = (name: string): boolean => name.endsWith('.mp4') && !/^(audio_|mkv_)/.test(name);
    const names = existsSync(videos) ? readdirSync(videos).filter(isVideo) : ['none'];
    it.each(names)('are exact: %s', (name) => expectExactRanges(join(videos, name)));
  });
}
