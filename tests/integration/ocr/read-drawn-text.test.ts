import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LumaImage } from '../../../worker/luma-image.ts';
import { createTesseractReader } from '../../../worker/ocr/tesseract-reader.ts';
import type { FrameTexts, TextReader } from '../../../worker/ocr/text-reader.ts';
import { drawTexts, type DrawnText, evenLuma, noisyLuma } from '../../helpers/draw-luma.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { extractAll, TINY_VIDEO } from '../../helpers/video-tools.ts';

const never = new AbortController().signal;
const scratchDirectory = temporaryDirectory();
let reader: TextReader;
beforeAll(async () => {
  reader = await createTesseractReader({ workers: 1, stallMs: 60_000, scratchDirectory });
});
afterAll(() => reader.close());

const read = async (frame: LumaImage, changed?: Uint8Array): Promise<FrameTexts> => {
  const languages = await reader.prepareLanguages(['eng'], never);
  const mask = changed === undefined ? {} : { changed: { width: 16, height: 9, changed } };
  return reader.read(frame, { languages, minConfidence: 0.6, ...mask }, never);
};
const textsOf = async (frame: LumaImage) => (await read(frame)).texts.map(({ text }) => text);
const place = { x: 100, y: 250 };

describe('the text reader, on drawn text', () => {
  it.each<[string, LumaImage, DrawnText]>([
    [
      'of 12 pixels',
      evenLuma(640, 480, 255),
      { ...place, text: 'The quick brown fox jumps', size: 12, level: 0 },
    ],
    ['of 12 levels', evenLuma(640, 480, 128), { ...place, text: 'Emergency exit 27', size: 28, level: 140 }],
    ['light on dark', evenLuma(640, 480, 15), { ...place, text: 'Good evening', size: 26, level: 230 }],
    [
      'in a box on noise',
      noisyLuma(640, 480, 2),
      { ...place, text: 'over the lazy dog.', size: 30, level: 255, boxLevel: 0, face: 'Bold' },
    ],
    [
      'turned to the right',
      evenLuma(640, 480, 200),
      { x: 300, y: 80, text: 'Vertical Banner 88', size: 30, level: 20, quarterTurns: 1 },
    ],
    [
      'turned to the left',
      evenLuma(640, 480, 40),
      { x: 300, y: 420, text: 'Vertical Banner 88', size: 30, level: 230, quarterTurns: 3 },
    ],
    ['of two letters', evenLuma(640, 480, 255), { ...place, text: 'OK', size: 30, level: 0, face: 'Bold' }],
    [
      'like a licence plate',
      evenLuma(640, 480, 90),
      { ...place, text: 'KX21 ABC', size: 28, level: 10, boxLevel: 225 },
    ],
  ])('reads a text %s, and nothing else, and says where it stands', async (_, background, text) => {
    const { texts, readRegions } = await read(drawTexts(background, [text]));
    expect(texts).toMatchObject([{ text: text.text }]);
    const box = texts[0]?.box ?? { x: 0, y: 0, width: 0, height: 0 };
    const [left, top] = [box.x * background.width, box.y * background.height];
    const length = 0.3 * text.size * text.text.length;
    if (text.quarterTurns === undefined) {
      expect(Math.abs(left - text.x)).toBeLessThan(text.size / 2);
      expect(Math.abs(top + box.height * background.height - text.y)).toBeLessThan(text.size / 2);
      expect(box.width * background.width).toBeGreaterThan(length);
    } else {
      const end = text.quarterTurns === 1 ? top : top + box.height * background.height;
      expect(Math.abs(end - text.y)).toBeLessThan(text.size / 2);
      expect(box.height * background.height).toBeGreaterThan(length);
    }
    expect(readRegions.length).toBeGreaterThan(0);
  });

  it('reads nothing in noise, on even pictures and in photographs', async () => {
    const photographs = (await extractAll(TINY_VIDEO, { samplesPerSecond: 2 })).filter(
      ({ timestampMs }) => timestampMs < 500 || timestampMs >= 2500,
    );
    expect(photographs.length).toBeGreaterThan(0);
    const frames = photographs.map(({ image }) => toLuma(image));
    for (const frame of [noisyLuma(640, 480, 1), noisyLuma(640, 480, 3), evenLuma(640, 480, 77), ...frames]) {
      expect(await textsOf(frame)).toEqual([]);
    }
  });

  it('reads the same whatever it read before', async () => {
    const frame = drawTexts(evenLuma(640, 480, 220), [
      { ...place, text: 'Total price 1299 EUR', size: 22, level: 60 },
    ]);
    const first = await read(frame);
    await read(
      drawTexts(evenLuma(640, 480, 0), [{ ...place, text: 'Something else', size: 40, level: 250 }]),
    );
    const { texts, readRegions } = await read(frame);
    expect({ texts, readRegions }).toEqual({ texts: first.texts, readRegions: first.readRegions });
  });

  it('reads again only what a change touches', async () => {
    const frame = drawTexts(evenLuma(640, 360, 255), [
      { text: 'Upper line', x: 40, y: 60, size: 30, level: 0 },
      { text: 'Lower line', x: 40, y: 320, size: 30, level: 0 },
    ]);
    const changed = new Uint8Array(16 * 9);
    expect(await read(frame, changed)).toMatchObject({ texts: [], readRegions: [] });
    changed[7 * 16 + 2] = 1;
    const { texts, readRegions } = await read(frame, changed);
    expect(texts.map(({ text }) => text)).toEqual(['Lower line']);
    expect(readRegions).toHaveLength(1);
    expect(readRegions[0]?.y).toBeGreaterThan(0.5);
  });
});

function toLuma({ width, height, data }: { width: number; height: number; data: Uint8Array }): LumaImage {
  const luma = evenLuma(width, height, 0);
  for (let pixel = 0; pixel < luma.data.length; pixel += 1) {
    const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 3, pixel * 3 + 3);
    luma.data[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return luma;
}
