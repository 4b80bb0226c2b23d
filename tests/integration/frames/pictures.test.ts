import { afterAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractFrames } from '../../../worker/frames/extract-frames.ts';
import type { FfmpegBinaries } from '../../../worker/frames/ffmpeg-binaries.ts';
import type { Picture, PictureRequest } from '../../../worker/frames/pictures.ts';
import { waitUntilNoFfmpeg } from '../../helpers/ffmpeg-children.ts';
import { makeVideo } from '../../helpers/make-video.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, probe, testBinaries, TINY_VIDEO } from '../../helpers/video-tools.ts';

afterAll(waitUntilNoFfmpeg);
const folder = temporaryDirectory();
const bounds = { samplesPerSecond: Infinity, maxFrames: 10_000, maxSeconds: 60 };

/** Every frame of a video in each of the requested forms. */
async function take<Name extends string>(
  path: string,
  pictures: readonly PictureRequest<Name>[],
  programs?: FfmpegBinaries,
) {
  const frames = [];
  const options = { ...bounds, pictures, signal: neverAborted() };
  const extraction = extractFrames(programs ?? (await testBinaries()), path, await probe(path), options);
  for await (const frame of extraction) frames.push(frame.pictures);
  return frames;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The pixels of a square part of a grey picture. */
function partOf({ width, data }: Picture, x: number, y: number, side: number): number[] {
  return Array.from({ length: side * side }, (_, index) => {
    return data[(y + Math.floor(index / side)) * width + x + (index % side)] ?? 0;
  });
}

/** Mean brightness (ITU-R BT.601) of a part of a coloured picture. */
function brightness({ width, data }: Picture, x: number, y: number, side: number): number {
  const values: number[] = [];
  for (let row = y; row < y + side; row += 1) {
    for (let column = x; column < x + side; column += 1) {
      const at = (row * width + column) * 3;
      values.push(0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0));
    }
  }
  return mean(values);
}

describe('the pictures of a frame', () => {
  const colour = { name: 'colour', pixels: 'rgb24', fit: 'stretch', width: 640, height: 360 } as const;
  const luma = { name: 'luma', pixels: 'gray', fit: 'stretch', width: 640, height: 360 } as const;
  const small = { name: 'small', pixels: 'gray', fit: 'stretch', width: 80, height: 45 } as const;
  const boxed = { name: 'boxed', pixels: 'rgb24', fit: 'letterbox', width: 300, height: 300 } as const;

  it('show the same frame, in brightness as in colour, large as small', async () => {
    const frames = await take(TINY_VIDEO, [colour, luma, small]);
    expect(frames).toHaveLength(24);
    for (const pictures of frames) {
      for (const [x, y] of [
        [5, 5],
        [40, 22],
        [60, 40],
        [20, 44],
      ] as const) {
        const ofColour = brightness(pictures.colour, x * 8, y * 8, 8);
        const ofLuma = mean(partOf(pictures.luma, x * 8, y * 8, 8));
        expect(Math.abs(ofLuma - ofColour)).toBeLessThan(3);
        expect(Math.abs((pictures.small.data[y * 80 + x] ?? 0) - ofLuma)).toBeLessThan(3);
      }
    }
  });

  it('are those of the frame alone that is decoded, whatever else is asked for', async () => {
    const together = await take(TINY_VIDEO, [colour, boxed, luma, small]);
    for (const request of [colour, boxed, luma, small]) {
      const alone = await take(TINY_VIDEO, [request]);
      expect(alone.map((pictures) => Buffer.from(pictures[request.name].data).toString('base64'))).toEqual(
        together.map((pictures) => Buffer.from(pictures[request.name].data).toString('base64')),
      );
    }
  });

  it('have grey bars where they keep their proportions, and the whole picture between them', async () => {
    const [pictures] = await take(TINY_VIDEO, [boxed, colour]);
    if (pictures === undefined) throw new Error('There is no frame.');
    const { data } = pictures.boxed;
    const row = (y: number) => data.subarray(y * 900, (y + 1) * 900);
    // 300 x 169 of 300 x 300, below 65 rows of bar.
    for (const y of [0, 64, 234, 299]) expect(new Set(row(y))).toEqual(new Set([114]));
    for (const y of [65, 233]) expect(new Set(row(y)).size).toBeGreaterThan(3);
    const scaled = brightness(pictures.boxed, 100, 120, 40);
    expect(Math.abs(scaled - brightness(pictures.colour, 213, 117, 85))).toBeLessThan(4);
  });

  it('flow on when one of them is far larger than the pipes between the processes', async () => {
    const path = await makeVideo(join(folder, 'large.mp4'), 2, ['-vf', 'scale=1920:1080']);
    const large = { ...luma, width: 1920, height: 1080 };
    expect(
      (await take(path, [large, { ...colour, width: 1920, height: 1080 }, small])).length,
    ).toBeGreaterThan(40);
  });
});

describe('pictures of high dynamic range', () => {
  const request = { name: 'colour', pixels: 'rgb24', fit: 'stretch', width: 160, height: 90 } as const;
  const means = ({ data }: Picture) =>
    [0, 1, 2].map((channel) => mean([...data].filter((_, at) => at % 3 === channel)));
  /** Standard deviation of the brightness: what is washed out has little. */
  const contrast = (picture: Picture) => {
    const middle = brightness(picture, 0, 0, 90);
    const squares = Array.from({ length: 81 }, (_, at) => {
      return (brightness(picture, (at % 9) * 10, Math.floor(at / 9) * 10, 10) - middle) ** 2;
    });
    return Math.sqrt(mean(squares));
  };

  const SMALL = ',scale=160:90';

  it.each(['smpte2084', 'arib-std-b67'])('come out as the usual range shows them: %s', async (transfer) => {
    const path = join(folder, `${transfer}.mp4`);
    const binaries = await testBinaries();
    await makeHdr(path, transfer);
    const [usual] = await take(TINY_VIDEO, [request]);
    const [mapped] = await take(path, [request]);
    const [ignored] = await take(path, [request], { ...binaries, mapsTones: false });
    if (!usual || !mapped || !ignored) throw new Error('There is no frame.');
    for (const [channel, value] of means(mapped.colour).entries()) {
      expect(Math.abs(value - (means(usual.colour)[channel] ?? 0))).toBeLessThan(25);
    }
    expect(contrast(mapped.colour) / contrast(usual.colour)).toBeGreaterThan(0.75);
    expect(contrast(ignored.colour)).toBeLessThan(contrast(mapped.colour) * 0.9);
  });

  it('are made of videos with an odd number of rows or columns, too', async () => {
    const path = join(folder, 'odd.mp4');
    await makeHdr(path, 'smpte2084', ',scale=320:180,setsar=320/321:max=1000');
    const { media } = await probe(path);
    expect([media.width, media.height]).toEqual([319, 180]);
    const [even] = await take(TINY_VIDEO, [{ ...request, width: 319, height: 180 }]);
    const [odd] = await take(path, [{ ...request, width: 319, height: 180 }]);
    if (!even || !odd) throw new Error('There is no frame.');
    expect(odd.colour.data).toHaveLength(319 * 180 * 3);
    expect(contrast(odd.colour) / contrast(even.colour)).toBeGreaterThan(0.75);
  });

  it.each([
    ['smpte2084', { primaries: 'unknown', matrix: 'unknown' }],
    ['smpte2084', { primaries: 'unknown' }],
    ['arib-std-b67', { matrix: 'unknown' }],
    ['arib-std-b67', { matrix: 'bt2020c' }],
  ])('are the same where the file tells its colours badly: %s, %j', async (transfer, tags) => {
    const [good, bad] = [join(folder, 'well-tagged.mp4'), join(folder, 'badly-tagged.mp4')];
    await makeHdr(good, transfer, SMALL);
    await makeHdr(bad, transfer, SMALL, tags);
    const [expected] = await take(good, [request]);
    const [made] = await take(bad, [request]);
    if (!expected || !made) throw new Error('There is no frame.');
    for (const [channel, value] of means(made.colour).entries()) {
      expect(Math.abs(value - (means(expected.colour)[channel] ?? 0))).toBeLessThan(2);
    }
  });

  it('have the colours that the file tells, where it does', async () => {
    const path = join(folder, 'narrow.mp4');
    await makeHdr(path, 'smpte2084', SMALL, { primaries: 'bt709' });
    const [narrow] = await take(path, [request]);
    await makeHdr(path, 'smpte2084', SMALL);
    const [wide] = await take(path, [request]);
    if (!narrow || !wide) throw new Error('There is no frame.');
    expect(narrow.colour.data).not.toEqual(wide.colour.data);
  });
});

/**
 * The first frames of the fixture in ten bits and with that transfer characteristic, and with tags for primaries and matrix
 * that may not be true; `more` filters come last.
 */
async function makeHdr(
  path: string,
  transfer: string,
  more = '',
  { primaries = 'bt2020', matrix = 'bt2020nc' } = {},
): Promise<void> {
  const linear = 'zscale=tin=iec61966-2-1:min=gbr:pin=bt709:rin=pc:p=bt709:m=gbr:t=linear:npl=203';
  const wide = `zscale=tin=linear:pin=bt709:min=gbr:p=bt2020:t=${transfer}:m=bt2020nc:r=tv:npl=203`;
  const filters = ['format=gbrp', linear, 'format=gbrpf32le', wide, `format=yuv420p10le${more}`].join(',');
  const colours = ['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix];
  const codec = ['-c:v', 'libx265', '-x265-params', 'log-level=error', '-tag:v', 'hvc1'];
  const { ffmpegPath } = await testBinaries();
  const input = ['-v', 'error', '-y', '-i', TINY_VIDEO, '-frames:v', '4', '-vf', filters];
  await promisify(execFile)(ffmpegPath, [...input, ...codec, ...colours, path]);
}
