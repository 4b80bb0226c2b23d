import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTesseractReader } from '../../../worker/ocr/tesseract-reader.ts';
import type { TextReader } from '../../../worker/ocr/text-reader.ts';
import { drawTexts, evenLuma } from '../../helpers/draw-luma.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const require = createRequire(import.meta.url);
const english = require.resolve('@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz');
const languagesDirectory = temporaryDirectory();
const scratchDirectory = temporaryDirectory();
let reader: TextReader;
beforeAll(async () => {
  await copyFile(english, join(languagesDirectory, 'xyz.traineddata.gz'));
  await writeFile(join(languagesDirectory, 'xyw_plain.traineddata'), gunzipSync(await readFile(english)));
  await writeFile(join(languagesDirectory, 'bad.traineddata'), 'This is no language data.');
  // Were it used instead of the bundled data, the reader would not even start.
  await writeFile(join(languagesDirectory, 'eng.traineddata'), 'This is no language data.');
  reader = await createTesseractReader({ workers: 1, stallMs: 60_000, scratchDirectory, languagesDirectory });
});
afterAll(() => reader.close());

const read = async (...languages: string[]): Promise<string[]> => {
  const frame = drawTexts(evenLuma(640, 480, 255), [
    { x: 100, y: 250, text: 'Emergency exit 27', size: 28, level: 0 },
  ]);
  const options = { languages, minConfidence: 0.6 };
  const { texts } = await reader.read(frame, options, new AbortController().signal);
  return texts.map(({ text }) => text);
};
const unavailable = {
  code: 'LANGUAGE_UNAVAILABLE',
  message: expect.stringContaining('put abc.traineddata into the folder OCR_LANGUAGES_DIR'),
};

describe('languages in a folder', () => {
  it.each([[['xyz']], [['xyw_plain']], [['eng', 'xyz', 'xyw_plain']]])('are read: %j', async (languages) => {
    await reader.assertLanguages(languages);
    expect(await read(...languages)).toEqual(['Emergency exit 27']);
    expect(await readdir(scratchDirectory)).toEqual([]);
  });

  it('are asked for by name when they are missing, before and while reading', async () => {
    await expect(reader.assertLanguages(['eng', 'abc'])).rejects.toMatchObject(unavailable);
    await expect(read('eng', 'abc')).rejects.toMatchObject(unavailable);
  });

  it('never lie outside of it', async () => {
    const outside = reader.assertLanguages(['../xyz']);
    await expect(outside).rejects.toMatchObject({ code: 'LANGUAGE_UNAVAILABLE' });
  });

  it('are refused when they are damaged, and the reader reads on', async () => {
    await expect(read('bad')).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    expect(await read('eng')).toEqual(['Emergency exit 27']);
  });
});
