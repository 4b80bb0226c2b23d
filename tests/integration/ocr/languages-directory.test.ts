import { copyFile, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LanguageData } from '../../../src/results/results-document.ts';
import { createTesseractReader } from '../../../worker/ocr/tesseract-reader.ts';
import type { TextReader } from '../../../worker/ocr/text-reader.ts';
import { drawTexts, evenLuma } from '../../helpers/draw-luma.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const require = createRequire(import.meta.url);
const english = require.resolve('@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz');
const french = require.resolve('@tesseract.js-data/fra/4.0.0_best_int/fra.traineddata.gz');
const languagesDirectory = temporaryDirectory();
const scratchDirectory = temporaryDirectory();
const never = new AbortController().signal;
const fileOf = (name: string) => join(languagesDirectory, name);
let reader: TextReader;
beforeAll(async () => {
  const compressed = await readFile(english);
  const plain = gunzipSync(compressed);
  await writeFile(fileOf('xyz.traineddata.gz'), compressed);
  await writeFile(fileOf('xyw_plain.traineddata'), plain);
  await writeFile(fileOf('bad_text.traineddata'), 'This is no language data.');
  await writeFile(fileOf('bad_empty.traineddata'), '');
  await writeFile(fileOf('bad_cut.traineddata'), plain.subarray(0, plain.length * 0.9));
  await writeFile(fileOf('bad_packed.traineddata.gz'), compressed.subarray(0, compressed.length * 0.9));
  await symlink('/dev/zero', fileOf('bad_endless.traineddata'));
  // Were it used instead of the bundled data, the reader would not even start.
  await writeFile(fileOf('eng.traineddata'), 'This is no language data.');
  reader = await createTesseractReader({ workers: 1, stallMs: 60_000, scratchDirectory, languagesDirectory });
});
afterAll(() => reader.close());

const prepare = (...languages: string[]) => reader.prepareLanguages(languages, never);
const readBy = async (languages: readonly LanguageData[]): Promise<string[]> => {
  const frame = drawTexts(evenLuma(640, 480, 255), [
    { x: 100, y: 250, text: 'Emergency exit 27', size: 28, level: 0 },
  ]);
  const { texts } = await reader.read(frame, { languages, minConfidence: 0.6 }, never);
  return texts.map(({ text }) => text);
};
const read = async (...languages: string[]) => readBy(await prepare(...languages));

describe('languages in a folder', () => {
  it.each([[['xyz']], [['xyw_plain']], [['eng', 'xyz', 'xyw_plain']]])('are read: %j', async (languages) => {
    expect(await read(...languages)).toEqual(['Emergency exit 27']);
    expect(await readdir(scratchDirectory)).toEqual([]);
  });

  it('are told apart from the bundled ones', async () => {
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await prepare('xyz', 'eng')).toEqual([
      { language: 'xyz', sha256, bundled: false },
      { language: 'eng', sha256, bundled: true },
    ]);
  });

  it('are asked for by name when they are missing', async () => {
    await expect(prepare('eng', 'abc')).rejects.toMatchObject({
      code: 'LANGUAGE_UNAVAILABLE',
      message: expect.stringContaining('put abc.traineddata into the folder OCR_LANGUAGES_DIR'),
    });
  });

  it('never lie outside of it', async () => {
    await expect(prepare('../xyz')).rejects.toMatchObject({ code: 'LANGUAGE_UNAVAILABLE' });
  });

  // Tesseract itself would read by the sound ones alone, and say nothing.
  it.each(['bad_text', 'bad_empty', 'bad_cut', 'bad_packed'])(
    'are refused when they are damaged, alone and beside others, and the reader reads on: %s',
    async (language) => {
      const unfit = {
        code: 'LANGUAGE_UNAVAILABLE',
        message: expect.stringMatching(new RegExp(`"${language}".* damaged.*foregsyte doctor`)),
      };
      await expect(prepare(language)).rejects.toMatchObject(unfit);
      await expect(prepare('eng', language)).rejects.toMatchObject(unfit);
      expect(await read('eng')).toEqual(['Emergency exit 27']);
      expect(await readdir(scratchDirectory)).toEqual([]);
    },
  );

  it('are not even opened when they are no plain files', async () => {
    await expect(prepare('bad_endless')).rejects.toMatchObject({ code: 'LANGUAGE_UNAVAILABLE' });
  });
});

describe('data that is replaced', () => {
  const path = fileOf('ita.traineddata.gz');
  const replaceBy = async (source: string) => {
    await copyFile(source, `${path}.new`);
    await rename(`${path}.new`, path);
  };

  it('is read by for as long as an engine has it, and never by another instead', async () => {
    await replaceBy(english);
    const before = await prepare('ita');
    expect(await readBy(before)).toEqual(['Emergency exit 27']);
    await replaceBy(french);
    expect(await readBy(before)).toEqual(['Emergency exit 27']);

    const after = await prepare('ita');
    expect(after).not.toEqual(before);
    // The only place is taken by the engine for the new data now.
    await expect(readBy(before)).rejects.toMatchObject({ code: 'LANGUAGE_CHANGED', retryable: true });
    expect(await readBy(after)).toEqual(['Emergency exit 27']);
  });

  it('is tried again', async () => {
    await replaceBy(english);
    await prepare('ita');
    await writeFile(path, 'This is no language data.');
    await expect(prepare('ita')).rejects.toMatchObject({ code: 'LANGUAGE_UNAVAILABLE' });
    await replaceBy(english);
    await prepare('ita');
  });

  it('is missing when it is only taken away', async () => {
    await replaceBy(english);
    const before = await prepare('ita');
    await prepare('eng');
    await rm(path);
    await expect(readBy(before)).rejects.toMatchObject({ code: 'LANGUAGE_UNAVAILABLE' });
  });
});
