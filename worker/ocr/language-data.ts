import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../src/errors.ts';
import { listLanguageFiles } from '../../src/jobs/ocr-language-files.ts';
import { BUNDLED_LANGUAGES, type OcrLanguage } from '../../src/jobs/ocr-languages.ts';

const require = createRequire(import.meta.url);

/** Where language data lies, and is made ready. Absolute paths. */
export interface LanguageFolders {
  /** For what an engine needs while it starts. */
  scratchDirectory: string;
  /** Where the data of languages lies that are not bundled; without it there are none. */
  languagesDirectory?: string | undefined;
}

/** A language and the file of its data. */
export interface LanguageFile {
  language: OcrLanguage;
  path: string;
}

/**
 * Runs `use` with a folder that holds the data of these languages as `<language>.traineddata.gz`; the folder is gone
 * when it returns. The data comes from several places, but tesseract.js reads all of it from one folder, so this one has
 * links to where it lies. Data that is not compressed gets the same name: tesseract.js looks at the bytes.
 * @throws AppError LANGUAGE_UNAVAILABLE when one of them is missing.
 */
export async function withLanguageFolder<T>(
  languages: readonly OcrLanguage[],
  { scratchDirectory, languagesDirectory }: LanguageFolders,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const files = await findLanguageFiles(languages, languagesDirectory);
  await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(scratchDirectory, 'languages-'));
  try {
    for (const { language, path } of files) {
      await symlink(path, join(folder, `${language}.traineddata.gz`));
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The files of these languages. The data of a bundled one is always that of its package, so that results do not depend on
 * what else lies in the folder.
 * @throws AppError LANGUAGE_UNAVAILABLE naming the first that is missing; why stands in its cause.
 */
export async function findLanguageFiles(
  languages: readonly OcrLanguage[],
  languagesDirectory: string | undefined,
): Promise<LanguageFile[]> {
  const found: LanguageFile[] = [];
  for (const language of languages) {
    const isBundled = BUNDLED_LANGUAGES.includes(language);
    try {
      const path = isBundled
        ? bundledFile(language)
        : languagesDirectory && (await listLanguageFiles(languagesDirectory)).get(language);
      if (!path) throw new Error(`no file for ${language} in ${languagesDirectory ?? 'no folder'}`);
      found.push({ language, path });
    } catch (cause) {
      const remedy = isBundled
        ? 'restore it by `npm ci`'
        : `put ${language}.traineddata into the folder OCR_LANGUAGES_DIR of every worker`;
      throw new AppError(
        'LANGUAGE_UNAVAILABLE',
        `This worker has no data for reading text in the language "${language}". Submit the video again with other ` +
          `languages, or have the operator ${remedy}.`,
        { cause, details: { argument: 'options.languages' } },
      );
    }
  }
  return found;
}

/** Throws when the package is not installed or lacks the file. */
function bundledFile(language: OcrLanguage): string {
  // The package's main file lies at its root, beside one folder per kind of data.
  const root = dirname(require.resolve(`@tesseract.js-data/${language}/package.json`));
  return require.resolve(join(root, '4.0.0_best_int', `${language}.traineddata.gz`));
}
