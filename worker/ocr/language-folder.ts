import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { translateErrors } from '../../src/storage/file-errors.ts';
import type { LanguageFile } from './language-library.ts';

/**
 * Runs `use` with a folder, in the scratch one, that holds the data of these languages as `<language>.traineddata.gz`; it
 * is gone when this returns. The data comes from several places, but tesseract.js reads all of it from one folder, so this
 * one has links to where it lies. Data that is not compressed gets the same name: tesseract.js looks at the bytes.
 * @throws AppError STORAGE_FULL or STORAGE_FAILED when the folder cannot be made; what `use` throws.
 */
export async function withLanguageFolder<T>(
  files: readonly LanguageFile[],
  scratchDirectory: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const inScratch = <R>(work: () => Promise<R>) => translateErrors('use its folder for scratch files', work);
  const folder = await inScratch(async () => {
    await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
    return mkdtemp(join(scratchDirectory, 'languages-'));
  });
  try {
    for (const { language, path } of files) {
      await inScratch(() => symlink(path, join(folder, `${language}.traineddata.gz`)));
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
