import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startEngineBy } from '../../../worker/ocr/language-engines.ts';
import { createLanguageLibrary, type LanguageLibrary } from '../../../worker/ocr/language-library.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const directory = temporaryDirectory();
const scratchDirectory = temporaryDirectory();
const library = createLanguageLibrary(directory);

const threads: Thread[] = [];
const note = (message: unknown) => {
  const made = typeof message === 'object' && message && 'worker' in message ? message.worker : null;
  if (made instanceof Thread) threads.push(made);
};
beforeEach(() => subscribe('worker_threads', note));
afterEach(() => {
  unsubscribe('worker_threads', note);
  threads.length = 0;
});

/** The library, in which the file of `ita` is replaced as soon as an engine has been told where it lies. */
const replacing: LanguageLibrary = {
  ...library,
  async findAgain(data) {
    const files = await library.findAgain(data);
    await writeFile(join(directory, 'ita.traineddata'), 'replaced');
    return files;
  },
};

describe('an engine', () => {
  it('is ended when its data was replaced while it started', async () => {
    const [english] = await library.find(['eng']);
    if (!english) throw new Error('The bundled data is missing.');
    let looks = 0;
    const changing: LanguageLibrary = {
      ...library,
      findAgain: async (data) => {
        looks += 1;
        return looks === 1 ? [english] : library.findAgain(data.map((one) => ({ ...one, sha256: 'other' })));
      },
    };
    await expect(startEngineBy([english], changing, scratchDirectory)).rejects.toMatchObject({
      code: 'LANGUAGE_CHANGED',
    });
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1]);
  });

  it('that does not start by data that is just being replaced is not told to have damaged data', async () => {
    await writeFile(join(directory, 'ita.traineddata'), 'half of it');
    const data = await library.find(['ita']);
    await expect(startEngineBy(data, replacing, scratchDirectory)).rejects.toMatchObject({
      code: 'LANGUAGE_CHANGED',
      retryable: true,
    });
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1]);
  });

  it('that finds no place for its folder may be started later', async () => {
    const noFolder = join(directory, 'a-file');
    await writeFile(noFolder, '');
    await expect(startEngineBy(await library.find(['eng']), library, noFolder)).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      retryable: true,
    });
  });
});
