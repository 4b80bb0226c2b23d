import { afterAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultsWarning } from '../../../src/results/results-document.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { makeVideo } from '../../helpers/make-video.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import {
  extractAll,
  extractImages,
  type ImageFrame,
  probe,
  startExtraction,
  testBinaries,
  type TestExtraction,
  TINY_VIDEO,
} from '../../helpers/video-tools.ts';

afterAll(waitUntilNoFfmpeg);

const folder = temporaryDirectory();

const describeFrame = ({ frameIndex, timestampMs, image }: ImageFrame): string =>
  `${frameIndex} at ${timestampMs} ms: ${createHash('sha256').update(image.data).digest('hex')}`;

/** The frames of a run, and the codes of its warnings in alphabetical order. */
async function extract(path: string, options: TestExtraction) {
  const codes: ResultsWarning['code'][] = [];
  const onWarning = ({ code }: ResultsWarning) => codes.push(code);
  const frames = await extractAll(path, { maxFrameSide: 96, onWarning, ...options });
  return { frames: frames.map(describeFrame), indices: frames.map(({ frameIndex }) => frameIndex), codes };
}

/** The run up to a frame, left there as by a worker that dies, and the warnings that were told until then. */
async function extractUntil(path: string, options: TestExtraction, lastIndex: number) {
  const codes: ResultsWarning['code'][] = [];
  const onWarning = ({ code }: ResultsWarning) => codes.push(code);
  const all = { maxFrameSide: 96, onWarning, ...options };
  const frames: string[] = [];
  for await (const frame of await startExtraction(path, all)) {
    frames.push(describeFrame(frame));
    if (frame.frameIndex === lastIndex) break;
  }
  return { frames, codes };
}

/**
 * Indices to go on behind: of frames that were delivered, the first, one in the middle and the last, and of some that were
 * not, right behind a delivered one, right before one, and behind the last.
 */
function resumePoints(delivered: readonly number[]): number[] {
  const at = (part: number): number => delivered[Math.floor((delivered.length - 1) * part)] ?? 0;
  return [...new Set([0, at(0.5), at(0.5) + 1, at(0.9) - 1, at(1), at(1) + 1])];
}

/** Whatever the point, the frames behind it are those of the undisturbed run. */
async function expectSameFrames(path: string, options: TestExtraction): Promise<void> {
  const whole = await extract(path, options);
  expect(whole.frames.length).toBeGreaterThan(0);
  for (const afterFrameIndex of resumePoints(whole.indices)) {
    const rest = await extract(path, { ...options, afterFrameIndex });
    const expected = whole.frames.filter((_, nth) => (whole.indices[nth] ?? 0) > afterFrameIndex);
    expect([afterFrameIndex, ...rest.frames]).toEqual([afterFrameIndex, ...expected]);
  }
}

describe('an extraction that goes on behind a frame', () => {
  it.each([
    { samplesPerSecond: 1000 },
    { samplesPerSecond: 3 },
    { samplesPerSecond: 2.5 },
    { samplesPerSecond: 1 },
    { samplesPerSecond: 0.1 },
    { samplesPerSecond: 3, range: { startMs: 600, endMs: 2400 } },
    { samplesPerSecond: 1000, range: { startMs: 1000, endMs: null } },
  ])('delivers the rest of the fixture at %j', (options) => expectSameFrames(TINY_VIDEO, options));

  it('delivers everything when the frame lies before the first one', async () => {
    expect(await extractAll(TINY_VIDEO, { samplesPerSecond: 2, afterFrameIndex: -1 })).toHaveLength(6);
  });

  it('ends without a frame, and without an error, when nothing is left', async () => {
    expect(await extract(TINY_VIDEO, { afterFrameIndex: 23 })).toEqual({
      frames: [],
      indices: [],
      codes: [],
    });
    expect(await extractAll(TINY_VIDEO, { afterFrameIndex: 1000 })).toEqual([]);
    const range = { startMs: 1000, endMs: 2000 };
    expect(await extractAll(TINY_VIDEO, { range, afterFrameIndex: 20 })).toEqual([]);
  });

  it('counts the frames of the earlier run against the limit', async () => {
    expect(await extractAll(TINY_VIDEO, { afterFrameIndex: 19, maxFrames: 24 })).toHaveLength(4);
    await expect(extractAll(TINY_VIDEO, { afterFrameIndex: 19, maxFrames: 23 })).rejects.toMatchObject({
      code: 'TOO_MANY_FRAMES',
      details: { value: 24, maximum: 23 },
    });
  });

  it('knows the whole limit even if the index promised less', async () => {
    const facts = { ...(await probe(TINY_VIDEO)), presentationTimesMs: Float64Array.of(0, 125, 250) };
    const options = { maxFrames: 5, afterFrameIndex: 1 };
    const deliver = async () => {
      for await (const frame of extractImages(await testBinaries(), TINY_VIDEO, facts, options)) {
        expect(frame.frameIndex).toBe(2);
      }
    };
    await expect(deliver()).rejects.toMatchObject({ code: 'TOO_MANY_FRAMES' });
  });
});

describe('an extraction that goes on behind a frame of a video with', () => {
  const openGroups = 'keyint=50:open-gop=1:scenecut=0';
  it.each([
    ['B-frames', 'libx264', ['-bf', '3', '-g', '50']],
    ['open groups of pictures', 'libx264', ['-bf', '3', '-x264-params', openGroups]],
    ['open groups of HEVC pictures', 'libx265', ['-x265-params', `${openGroups}:log-level=error`]],
    [
      'a picture that is refreshed column by column',
      'libx264',
      ['-x264-params', 'intra-refresh=1:keyint=60'],
    ],
    ['fragments', 'libx264', ['-g', '25', '-movflags', '+frag_keyframe+empty_moov']],
  ] as const)('%s delivers the rest, and takes no seeking for damage', async (name, encoder, options) => {
    const path = await makeVideo(join(folder, `${name}.mp4`), 12, options, encoder);
    await expectSameFrames(path, { samplesPerSecond: 3 });
    for (const afterFrameIndex of [60, 130, 131, 220]) {
      expect((await extract(path, { afterFrameIndex })).codes).toEqual([]);
    }
  });
});

const odd = optionalData('videos/odd');
describeWithData('videos/odd', 'going on in the odd videos of the optional data', () => {
  const names = [
    'base_h264_aac_faststart',
    'vfr',
    'edit_list_cut',
    'video_starts_3s_late',
    'fragmented_dash',
    'hevc_10bit',
    'rotate_90',
    'interlaced',
    'av1',
    'fps_0_2',
    'one_frame',
  ];
  it.each(names.flatMap((name) => [1000, 0.7].map((rate) => [name, rate] as const)))(
    'delivers the rest of %s at %d samples a second',
    (name, samplesPerSecond) => expectSameFrames(join(odd, `${name}.mp4`), { samplesPerSecond }),
  );

  it('delivers the rest of a range', async () => {
    const range = { startMs: 1500, endMs: 4500 };
    await expectSameFrames(join(odd, 'vfr.mp4'), { samplesPerSecond: 3, range });
  });
});

const corrupt = optionalData('videos/corrupt');
describeWithData('videos/corrupt', 'going on in the damaged videos of the optional data', () => {
  const names = ['fuzz_mdat_00', 'fuzz_mdat_02', 'fuzz_moov_06', 'trunc_faststart_50pct'];
  it.each(existsSync(corrupt) ? names : ['none'])(
    'has the warnings of an undisturbed run: %s',
    async (name) => {
      const path = join(corrupt, `${name}.mp4`);
      for (const samplesPerSecond of [1000, 2]) {
        const whole = await extract(path, { samplesPerSecond });
        expect(whole.codes.length).toBeGreaterThan(0);
        for (const afterFrameIndex of whole.indices.filter((_, nth) => nth % 10 === 0)) {
          const begun = await extractUntil(path, { samplesPerSecond }, afterFrameIndex);
          const rest = await extract(path, { samplesPerSecond, afterFrameIndex });
          const codes = new Set([...begun.codes, ...rest.codes]);
          expect([afterFrameIndex, ...[...codes].toSorted()]).toEqual([
            afterFrameIndex,
            ...whole.codes.toSorted(),
          ]);
          expect(begun.frames.length + rest.frames.length).toBe(whole.frames.length);
        }
      }
    },
  );
});
