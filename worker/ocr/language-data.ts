import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OcrLanguage } from '../../src/jobs/ocr-languages.ts';

const require = createRequire(import.meta.url);

/**
 * Runs `use` with a folder that holds the data of these languages as `<language>.traineddata.gz`; the folder is gone
 * when it returns. Each language is an npm package of its own, but tesseract.js reads all of them from one folder, so
 * this one has links to where they lie. It is made in `scratchDirectory`.
 */
export async function withLanguageFolder<T>(
  languages: readonly OcrLanguage[],
  scratchDirectory: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(scratchDirectory, 'languages-'));
  try {
    for (const language of languages) {
      await symlink(findLanguageFile(language), join(folder, `${language}.traineddata.gz`));
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Throws when the package is not installed or lacks the file. */
function findLanguageFile(language: OcrLanguage): string {
  // The package's main file lies at its root, beside one folder per kind of data.
  const root = dirname(require.resolve(`@tesseract.js-data/${language}/package.json`));
  return require.resolve(join(root, '4.0.0_best_int', `${language}.traineddata.gz`));
}
