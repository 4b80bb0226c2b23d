import { afterAll, describe, expect, it } from '@jest/globals';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../src/errors.ts';
import { extractWithWarnings } from '../../helpers/extract-with-warnings.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { deliverFrames, writeStandIn } from '../../helpers/stand-in.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { extractAll, probe, TINY_VIDEO } from '../../helpers/video-tools.ts';

const folder = temporaryDirectory();
afterAll(waitUntilNoFfmpeg);

async function save(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** The fixture with a four-letter code replaced wherever it stands. */
async function tinyWith(code: string, replacement: string): Promise<Buffer> {
  const text = (await readFile(TINY_VIDEO)).toString('latin1');
  expect(text).toContain(code);
  return Buffer.from(text.replaceAll(code, replacement), 'latin1');
}

async function failureOf(path: string): Promise<AppError> {
  const failure: unknown = await extractAll(path).then(
    (frames) => `delivered ${frames.length} frames`,
    (error: unknown) => error,
  );
  if (!(failure instanceof AppError)) throw new Error('An AppError was expected.', { cause: failure });
  return failure;
}

describe('files that are no proper video', () => {
  it.each([
    ['an empty file', ''],
    ['a text', 'These are words, not pictures.\n'],
    ['an HLS playlist', '#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n'],
    ['an ffconcat playlist', "ffconcat version 1.0\nfile '/etc/hostname'\n"],
    ['random bytes', Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 251))],
  ])('refuses %s', async (name, bytes) => {
    const failure = await failureOf(await save(`${name}.mp4`, bytes));
    expect(failure.code).toBe('INVALID_VIDEO');
    // ffprobe's own words and paths are for the log.
    expect(failure.message).not.toMatch(/moov|hostname|\//);
    expect(String(failure.cause)).toContain('ffprobe ended with');
  });

  it('refuses a playlist even if what it names is a video', async () => {
    await copyFile(TINY_VIDEO, join(folder, 'named.mp4'));
    const playlist = await save('playlist.mp4', "ffconcat version 1.0\nfile 'named.mp4'\n");
    await expect(probe(playlist)).rejects.toMatchObject({ code: 'INVALID_VIDEO' });
    expect((await failureOf(playlist)).code).toBe('INVALID_VIDEO');
  });

  it('refuses a video whose index is cut off', async () => {
    const failure = await failureOf(
      await save('no-index.mp4', (await readFile(TINY_VIDEO)).subarray(0, 600)),
    );
    expect(failure.code).toBe('INVALID_VIDEO');
  });

  it('refuses a video whose frames are all cut off', async () => {
    const bytes = await readFile(TINY_VIDEO);
    const frames = bytes.indexOf('mdat') + 4;
    const failure = await failureOf(await save('no-frames.mp4', bytes.subarray(0, frames)));
    expect(failure.code).toBe('INVALID_VIDEO');
  });

  it('refuses a video that is cut off before the end of its first frame', async () => {
    const bytes = await readFile(TINY_VIDEO);
    const failure = await failureOf(await save('half.mp4', bytes.subarray(0, bytes.length >> 1)));
    expect(failure.code).toBe('INVALID_VIDEO');
  });

  it('tells that the end is missing where the index leads out of the file, if the end was wanted', async () => {
    const bytes = await readFile(TINY_VIDEO);
    // The sizes of the frames follow upon the box's type, its version, a common size and their number, 4 bytes each.
    bytes.writeUInt32BE(0x20000000, bytes.indexOf('stsz') + 16 + 12 * 4);
    const path = await save('misled.mp4', bytes);
    const warningsOf = async (from: string, endMs: number | null) => {
      const told: string[] = [];
      const onWarning = ({ code }: { code: string }) => void told.push(code);
      await extractAll(from, { range: { startMs: 0, endMs }, onWarning });
      return told;
    };
    expect((await extractAll(path)).length).toBe(12);
    expect(await warningsOf(path, null)).toEqual(['VIDEO_TRUNCATED']);
    expect(await warningsOf(path, 60_000)).toEqual(['VIDEO_TRUNCATED']);
    expect(await warningsOf(path, 1_000)).toEqual([]);
    expect(await warningsOf(TINY_VIDEO, null)).toEqual([]);
  });

  it('refuses a codec that nobody knows', async () => {
    const failure = await failureOf(await save('codec.mp4', await tinyWith('avc1', 'zzzz')));
    expect(failure.code).toBe('UNSUPPORTED_MEDIA');
  });

  it('refuses a file whose only track is declared to be sound', async () => {
    const failure = await failureOf(await save('sound.mp4', await tinyWith('vide', 'soun')));
    expect(failure).toMatchObject({
      code: 'UNSUPPORTED_MEDIA',
      message: expect.stringContaining('only sound'),
    });
  });
});

describe('a damaged video', () => {
  it.each<[string, number, number, number[]]>([
    // What is stored last is not what is shown last: frame 22 refers to frame 23.
    ['within its last frame', 1, 24, [22]],
    ['some frames before its end', 3000, 19, []],
  ])('that is cut off %s is analysed as far as it goes', async (name, missing, end, without) => {
    const bytes = await readFile(TINY_VIDEO);
    const path = await save(`cut off ${name}.mp4`, bytes.subarray(0, bytes.length - missing));
    const { frames, warnings } = await extractWithWarnings(path);
    const indices = Array.from({ length: end }, (_, index) => index).filter(
      (index) => !without.includes(index),
    );
    expect(frames.map(({ frameIndex }) => frameIndex)).toEqual(indices);
    expect(warnings).toContainEqual({
      code: 'VIDEO_TRUNCATED',
      message: expect.stringMatching(/^The video breaks off early: .+ submit that .+\.$/),
    });
    expect(new Set(warnings.map(({ code }) => code)).size).toBe(warnings.length);
  });

  it('that is cut off behind the range that is wanted is none', async () => {
    const bytes = await readFile(TINY_VIDEO);
    const path = await save('cut off later.mp4', bytes.subarray(0, bytes.length - 3000));
    const { frames, warnings } = await extractWithWarnings(path, { range: { startMs: 0, endMs: 500 } });
    expect([frames.length, warnings]).toEqual([4, []]);
  });

  it('with spoilt pictures is analysed, and says so', async () => {
    const bytes = await readFile(TINY_VIDEO);
    // In the middle of the last third of the file, which holds predicted frames, behind the lengths of their units.
    bytes.fill(0xa5, Math.round(bytes.length * 0.7), Math.round(bytes.length * 0.7) + 40);
    const { frames, warnings } = await extractWithWarnings(await save('spoilt.mp4', bytes));
    expect(frames.length).toBeGreaterThan(12);
    expect(warnings).toContainEqual({
      code: 'VIDEO_DAMAGED',
      message: expect.stringMatching(/^Parts of the video are damaged: .+ submit that .+\.$/),
    });
  });

  it('on which ffmpeg gives up is analysed as far as it came', async () => {
    const ffmpegPath = await writeStandIn(folder, 'gives up', deliverFrames(24), 'exit 69');
    const { frames, warnings } = await extractWithWarnings(TINY_VIDEO, {}, { ffmpegPath });
    expect(frames).toHaveLength(24);
    expect(warnings.map(({ code }) => code)).toEqual(['VIDEO_TRUNCATED']);
  });

  it('on which ffmpeg gives up before the first frame is refused', async () => {
    const ffmpegPath = await writeStandIn(folder, 'gives up at once', 'exit 69');
    await expect(extractWithWarnings(TINY_VIDEO, {}, { ffmpegPath })).rejects.toMatchObject({
      code: 'INVALID_VIDEO',
    });
  });

  it('of which ffmpeg silently delivers less than the index promises is called truncated', async () => {
    const ffmpegPath = await writeStandIn(folder, 'stops early', deliverFrames(20), 'exit 0');
    const { warnings } = await extractWithWarnings(TINY_VIDEO, {}, { ffmpegPath });
    expect(warnings.map(({ code }) => code)).toEqual(['VIDEO_TRUNCATED']);
    const lastButOne = await writeStandIn(folder, 'one less', deliverFrames(23), 'exit 0');
    expect((await extractWithWarnings(TINY_VIDEO, {}, { ffmpegPath: lastButOne })).warnings).toEqual([]);
  });

  it('is not what a whole video is', async () => {
    expect((await extractWithWarnings(TINY_VIDEO)).warnings).toEqual([]);
  });
});
