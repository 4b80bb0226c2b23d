import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../src/errors.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
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

  it('delivers what can be decoded of a video that is cut off in the middle', async () => {
    const bytes = await readFile(TINY_VIDEO);
    const half = await save('half.mp4', bytes.subarray(0, bytes.length >> 1));
    const frames = await extractAll(half).catch((error: unknown) => error);
    // ffmpeg decides whether a cut stream is an error; both answers are honest, silence about nothing is not.
    if (Array.isArray(frames)) {
      expect(frames.length).toBeGreaterThan(0);
      expect(frames.length).toBeLessThan(24);
    } else {
      expect(frames).toMatchObject({ code: 'INVALID_VIDEO' });
    }
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

const corrupt = optionalData('videos/corrupt');
describeWithData('videos/corrupt', 'the corrupt files of the optional data', () => {
  const names = existsSync(corrupt) ? readdirSync(corrupt) : ['none'];
  it.each(names)('delivers frames of %s or refuses it with a code and a sentence', async (name) => {
    const result: unknown = await extractAll(join(corrupt, name)).catch((error: unknown) => error);
    if (Array.isArray(result)) {
      expect(result.length).toBeGreaterThan(0);
      return;
    }
    expect(result).toBeInstanceOf(AppError);
    expect(result).toMatchObject({
      code: expect.stringMatching(/^(INVALID_VIDEO|UNSUPPORTED_MEDIA|VIDEO_TOO_LONG|FRAME_TOO_LARGE)$/),
      message: expect.not.stringContaining(corrupt),
    });
  });

  it.each(names.filter((name) => /playlist|ffconcat|text|empty|8bytes|ftyp|jpeg|random|moovend/.test(name)))(
    'refuses %s as no video',
    async (name) => expect(await failureOf(join(corrupt, name))).toMatchObject({ code: 'INVALID_VIDEO' }),
  );
});
