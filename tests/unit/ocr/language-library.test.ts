import { execFileSync } from 'node:child_process';
import { appendFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { hashFile } from '../../../worker/hash-file.ts';
import { createLanguageLibrary } from '../../../worker/ocr/language-library.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const directory = temporaryDirectory();
const path = join(directory, 'ita.traineddata');
const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');
/** A library, and the files whose hashes it has asked for. */
function createObservedLibrary() {
  const hashed: string[] = [];
  const hash = (file: string) => {
    hashed.push(file);
    return hashFile(file);
  };
  return { library: createLanguageLibrary(directory, hash), hashed };
}

describe('the hash of a language file', () => {
  it('is that of its bytes, and worked out once for many that ask', async () => {
    await writeFile(path, 'one');
    const { library, hashed } = createObservedLibrary();
    const found = await Promise.all(Array.from({ length: 20 }, () => library.find(['ita'])));
    const file = { language: 'ita', path, sha256: sha256Of('one'), bundled: false };
    expect(found).toEqual(found.map(() => [file]));
    expect(hashed).toEqual([path]);
  });

  it('is worked out anew when the file is another one of the same size and time', async () => {
    await writeFile(path, 'one');
    const time = new Date(1e12);
    await utimes(path, time, time);
    const { library, hashed } = createObservedLibrary();
    const before = await library.find(['ita']);
    await writeFile(`${path}.new`, 'two');
    await utimes(`${path}.new`, time, time);
    await rename(`${path}.new`, path);
    expect(await library.find(['ita'])).toMatchObject([{ sha256: sha256Of('two') }]);
    expect(hashed).toHaveLength(2);
    await expect(library.findAgain(before)).rejects.toMatchObject({
      code: 'LANGUAGE_CHANGED',
      message: expect.stringContaining('"ita"'),
    });
  });

  it('is worked out anew when the file was written to, and is the same when only its times have changed', async () => {
    await writeFile(path, 'one');
    const { library, hashed } = createObservedLibrary();
    const before = await library.find(['ita']);
    await utimes(path, 1, 1);
    expect(await library.findAgain(before)).toEqual(before);
    await appendFile(path, '!');
    await expect(library.findAgain(before)).rejects.toMatchObject({ code: 'LANGUAGE_CHANGED' });
    await expect(library.findAgain(before)).rejects.toMatchObject({ code: 'LANGUAGE_CHANGED' });
    expect(hashed).toHaveLength(3);
  });

  it('is asked for again after it could not be had', async () => {
    await writeFile(path, 'one');
    let works = false;
    const library = createLanguageLibrary(directory, async (file) => {
      if (!works) throw new Error('The disk is broken.');
      return hashFile(file);
    });
    await expect(library.find(['ita'])).rejects.toMatchObject({ code: 'LANGUAGE_UNAVAILABLE' });
    works = true;
    expect(await library.find(['ita'])).toMatchObject([{ sha256: sha256Of('one') }]);
  });

  it('is not even begun of a pipe, whose end would never come, or of what is absurdly large', async () => {
    const { library, hashed } = createObservedLibrary();
    await writeFile(path, '');
    await truncate(path, 300 * 1024 ** 2);
    const missing = { code: 'LANGUAGE_UNAVAILABLE' };
    await expect(library.find(['ita'])).rejects.toMatchObject(missing);
    await rm(path);
    execFileSync('mkfifo', [`${path}.pipe`]);
    await symlink(`${path}.pipe`, path);
    await expect(library.find(['ita'])).rejects.toMatchObject(missing);
    expect(hashed).toEqual([]);
  });
});
