import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from '@jest/globals';
import { placeImage } from '../../../worker/fit-image.ts';
import { readPicture } from '../../evaluation/read-picture.ts';
import type { RgbImage } from '../../../worker/rgb-image.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { neverAborted, testBinaries, TINY_VIDEO } from '../../helpers/video-tools.ts';

const folder = temporaryDirectory();

/** A JPEG file, red on the left and blue on the right. */
async function halves(width: number, height: number): Promise<string> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#ff0000';
  context.fillRect(0, 0, width / 2, height);
  context.fillStyle = '#0000ff';
  context.fillRect(width / 2, 0, width / 2, height);
  const path = join(folder, `${width}x${height}.jpg`);
  await writeFile(path, canvas.toBuffer('image/jpeg', 95));
  return path;
}

const INPUT = { width: 64, height: 64 };
const WIDE = { width: 200, height: 100 };
const read = async (path: string, fit: 'stretch' | 'letterbox', source = WIDE) =>
  readPicture(await testBinaries(), path, source, { ...INPUT, fit }, neverAborted());

/** Red, blue or the grey of the bars; anything else as it is. */
function colourAt({ data, width }: RgbImage, x: number, y: number): string {
  const pixel = [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  const isNear = (colour: number[]) =>
    colour.every((value, index) => Math.abs(value - (pixel[index] ?? -99)) < 12);
  if (isNear([255, 0, 0])) return 'red';
  if (isNear([0, 0, 255])) return 'blue';
  return isNear([114, 114, 114]) ? 'bar' : pixel.join(',');
}

describe('readPicture', () => {
  it('stretches a picture over the whole size', async () => {
    const { image, source } = await read(await halves(200, 100), 'stretch');
    expect(source).toEqual({ width: 200, height: 100 });
    expect(image.data).toHaveLength(64 * 64 * 3);
    const corners = [
      colourAt(image, 1, 0),
      colourAt(image, 62, 0),
      colourAt(image, 1, 63),
      colourAt(image, 62, 63),
    ];
    expect(corners).toEqual(['red', 'blue', 'red', 'blue']);
  });

  it.each([
    [200, 100],
    [100, 200],
    [331, 97],
  ])('leaves the bars around a picture of %dx%d that placeImage tells', async (width, height) => {
    const { image } = await read(await halves(width, height), 'letterbox', { width, height });
    const placed = placeImage({ width, height }, image, 'letterbox');
    const right = placed.x + placed.width - 1;
    const bottom = placed.y + placed.height - 1;
    expect(colourAt(image, placed.x, placed.y)).toBe('red');
    expect(colourAt(image, right, bottom)).toBe('blue');
    const beyond = [
      [placed.x - 1, 32],
      [right + 1, 32],
      [32, placed.y - 1],
      [32, bottom + 1],
    ].filter(([x = -1, y = -1]) => x >= 0 && y >= 0 && x < 64 && y < 64);
    expect(beyond.map(([x = 0, y = 0]) => colourAt(image, x, y))).toEqual(beyond.map(() => 'bar'));
    expect(beyond.length).toBeGreaterThanOrEqual(2);
  });

  it('opens nothing but a JPEG', async () => {
    const playlist = join(folder, 'list.jpg');
    await writeFile(playlist, `#EXTM3U\n#EXTINF:1,\nfile:${await halves(200, 100)}\n`);
    for (const path of [playlist, TINY_VIDEO, join(folder, 'missing.jpg')]) {
      await expect(read(path, 'stretch')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  });

  it('refuses a picture of another size than it was told', async () => {
    const reading = read(await halves(200, 100), 'stretch', { width: 100, height: 200 });
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('ends when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const input = { ...INPUT, fit: 'stretch' } as const;
    const reading = readPicture(await testBinaries(), await halves(200, 100), WIDE, input, signal);
    await expect(reading).rejects.toThrow('enough');
  });
});
