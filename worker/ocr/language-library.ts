import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listLanguageFiles } from '../../src/jobs/ocr-language-files.ts';
import { BUNDLED_LANGUAGES, type OcrLanguage } from '../../src/jobs/ocr-languages.ts';
import type { LanguageData } from '../../src/results/results-document.ts';
import { hashFile } from '../hash-file.ts';
import { languageChanged, languageMissing } from './language-errors.ts';

const require = createRequire(import.meta.url);

/** The largest files there are have some 90 MB; the engine takes several times that in memory. */
const MAX_FILE_BYTES = 256 * 1024 ** 2;

/** The data of a language, and its file (absolute path). */
export interface LanguageFile extends LanguageData {
  path: string;
}

/** The data of all languages that a worker has. Every call looks at the files as they are by then. */
export interface LanguageLibrary {
  /**
   * The files of these languages. The data of a bundled one is always that of its package, so that results do not depend
   * on what else lies in the folder.
   * @throws AppError LANGUAGE_UNAVAILABLE naming the first that is missing; why stands in its cause.
   */
  find(languages: readonly OcrLanguage[]): Promise<LanguageFile[]>;
  /** The files of data that was found before. @throws AppError LANGUAGE_CHANGED when one is another now; as `find`. */
  findAgain(data: readonly LanguageData[]): Promise<LanguageFile[]>;
}

/**
 * Makes the library over the bundled languages and those in the folder, without which there are no others. `hash` gives
 * the SHA-256 of a file: it is asked once for each file, and again when size, inode or times of the file have changed.
 */
export function createLanguageLibrary(
  languagesDirectory: string | undefined,
  hash: (path: string) => Promise<string> = hashFile,
): LanguageLibrary {
  const hashes = new Map<string, { state: string; sha256: Promise<string> }>();

  const hashOf = async (path: string): Promise<string> => {
    const state = await describeState(path);
    const known = hashes.get(path);
    if (known?.state === state) return known.sha256;
    const fresh = { state, sha256: hash(path) };
    hashes.set(path, fresh);
    // One that could not be read is tried anew for the next that asks.
    fresh.sha256.catch(() => {
      if (hashes.get(path) === fresh) hashes.delete(path);
    });
    return fresh.sha256;
  };

  const findOne = async (language: OcrLanguage): Promise<LanguageFile> => {
    const bundled = BUNDLED_LANGUAGES.includes(language);
    try {
      const path = bundled
        ? bundledFile(language)
        : languagesDirectory && (await listLanguageFiles(languagesDirectory)).get(language);
      if (!path) throw new Error(`no file for ${language} in ${languagesDirectory ?? 'no folder'}`);
      return { language, path, sha256: await hashOf(path), bundled };
    } catch (cause) {
      throw languageMissing(language, bundled, cause);
    }
  };

  const find = async (languages: readonly OcrLanguage[]): Promise<LanguageFile[]> => {
    const found: LanguageFile[] = [];
    for (const language of languages) found.push(await findOne(language));
    return found;
  };

  return {
    find,
    async findAgain(data) {
      const files = await find(data.map(({ language }) => language));
      const changed = data.find(({ sha256 }, index) => files[index]?.sha256 !== sha256);
      if (changed) throw languageChanged(changed.language);
      return files;
    },
  };
}

/** Throws when the package is not installed or lacks the file. */
function bundledFile(language: OcrLanguage): string {
  // The package's main file lies at its root, beside one folder per kind of data.
  const root = dirname(require.resolve(`@tesseract.js-data/${language}/package.json`));
  return require.resolve(join(root, '4.0.0_best_int', `${language}.traineddata.gz`));
}

/**
 * Tells states of a file apart, as a change of its content makes them: that takes a change of the last of the times, which
 * no program can set. Throws when it is no plain file (reading a pipe would never end) or absurdly large.
 */
async function describeState(path: string): Promise<string> {
  const stats = await stat(path, { bigint: true });
  if (!stats.isFile()) throw new Error(`${path} is no plain file`);
  if (stats.size > MAX_FILE_BYTES) throw new Error(`${path} has more than ${MAX_FILE_BYTES} bytes`);
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
}
