import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planRuns } from '../../../worker/frames/plan-runs.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { makeVideo } from '../../helpers/make-video.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import {
  extractAll,
  extractImages,
  probe,
  testBinaries,
  type TestExtraction,
} from '../../helpers/video-tools.ts';

afterAll(waitUntilNoFfmpeg);
const folder = temporaryDirectory();
let path: string;
/** Large pictures, so that skipping is worth it, with B-frames and a keyframe every second. */
const ENCODING = [
  '-preset',
  'ultrafast',
  '-vf',
  'fps=10,scale=1024:768',
  '-g',
  '10',
  '-bf',
  '3',
  '-sc_threshold',
  '0',
];

beforeAll(async () => {
  path = await makeVideo(join(folder, 'long.mp4'), 60, ENCODING);
}, 120_000);

/** Frames of a video, each with what it shows. */
async function sample(samplesPerSecond: number, options: TestExtraction & { path?: string } = {}) {
  const { path: video = path, ...rest } = options;
  const codes: string[] = [];
  const frames = await extractAll(video, {
    samplesPerSecond,
    maxFrameSide: 160,
    onWarning: ({ code }) => codes.push(code),
    ...rest,
  });
  return {
    codes,
    frames: frames.map(
      ({ frameIndex, timestampMs, image }) =>
        `${frameIndex} ${timestampMs} ${createHash('sha256').update(image.data).digest('hex')}`,
    ),
  };
}

describe('samples that lie much farther apart than keyframes', () => {
  it('are the frames of a run that decodes everything, at the same times', async () => {
    const facts = await probe(path);
    const pixels = facts.media.width * facts.media.height;
    const indices = [0, 150, 300, 450];
    // They are skipped to, in runs of their own.
    expect(planRuns(indices, facts.presentationTimesMs, facts.seekPoints, pixels)).toHaveLength(4);
    const sparse = await sample(1 / 15);
    expect(sparse.frames.map((frame) => frame.split(' ').slice(0, 2))).toEqual(
      indices.map((index) => [String(index), String(index * 100)]),
    );
    const dense = await sample(2);
    expect(dense.frames).toEqual(expect.arrayContaining(sparse.frames));
    expect(sparse.codes).toEqual([]);
  });

  it('go on behind any of them', async () => {
    const whole = await sample(1 / 15);
    for (const [nth, afterFrameIndex] of [0, 150, 300, 450].entries()) {
      expect((await sample(1 / 15, { afterFrameIndex })).frames).toEqual(whole.frames.slice(nth + 1));
    }
  });

  it('have the warnings of an undisturbed run behind any of them, whatever lies behind the last', async () => {
    const bytes = await readFile(path);
    const [from, to] = [0.88, 0.95].map((part) => Math.round(bytes.length * part));
    const spoilt = join(folder, 'spoilt-late.mp4');
    await writeFile(spoilt, bytes.fill(0, from, to));
    const late = { path: spoilt, range: { startMs: 50_000, endMs: null } };
    expect((await sample(2, late)).codes).toEqual(['VIDEO_DAMAGED']);

    const whole = await sample(1 / 15, { path: spoilt });
    expect([whole.frames.length, whole.codes]).toEqual([4, []]);
    for (const [nth, afterFrameIndex] of [0, 150, 300, 450].entries()) {
      expect(await sample(1 / 15, { path: spoilt, afterFrameIndex })).toEqual({
        codes: [],
        frames: whole.frames.slice(nth + 1),
      });
    }
  });

  it('leave out one that cannot be decoded, and say that the video is damaged', async () => {
    const facts = await probe(path);
    const bytes = await readFile(path);
    // The media data around the third sample, keyframe and all.
    const [from, to] = [0.44, 0.56].map((part) => Math.round(bytes.length * part));
    const spoilt = join(folder, 'spoilt.mp4');
    await writeFile(spoilt, bytes.fill(0, from, to));
    const frames = [];
    const codes: string[] = [];
    const binaries = await testBinaries();
    const options = { samplesPerSecond: 1 / 15, onWarning: ({ code }: { code: string }) => codes.push(code) };
    for await (const { frameIndex } of extractImages(binaries, spoilt, facts, options))
      frames.push(frameIndex);
    expect(frames).toEqual([0, 150, 450]);
    expect(codes).toEqual(['VIDEO_DAMAGED']);
  });
});
