import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { BUNDLED_LANGUAGES, type OcrLanguage } from './ocr-languages.ts';

/** A file of language data, plain or compressed, and the code it is for: chi_sim_vert has one of the longest. */
const LANGUAGE_FILE = /^(?<code>[a-z]{3}(_[a-z]{1,10}){0,3})\.traineddata(\.gz)?$/;
/** Data that Tesseract has in the same folder, which is for finding the layout of a page and for formulae. */
const NO_LANGUAGES: ReadonlySet<string> = new Set(['osd', 'equ']);

/**
 * The files of language data in a folder by the codes of their languages, in order; of two for one language, the plain
 * one. No code can lead out of the folder.
 * @throws AppError INVALID_CONFIGURATION when the folder cannot be read.
 */
export async function listLanguageFiles(directory: string): Promise<ReadonlyMap<OcrLanguage, string>> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    throw new AppError(
      'INVALID_CONFIGURATION',
      'OCR_LANGUAGES_DIR names no folder that can be read. Correct it, or unset it to read the bundled languages alone.',
      { cause },
    );
  });
  const files = new Map<OcrLanguage, string>();
  const candidates = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  for (const name of candidates.map((entry) => entry.name).toSorted()) {
    const code = LANGUAGE_FILE.exec(name)?.groups?.['code'];
    if (code === undefined || NO_LANGUAGES.has(code) || files.has(code)) continue;
    files.set(code, join(directory, name));
  }
  return files;
}

/**
 * All languages there are: the bundled ones, then those in the folder, if there is one.
 * @throws AppError INVALID_CONFIGURATION when the folder cannot be read.
 */
export async function listOcrLanguages(directory: string | undefined): Promise<readonly OcrLanguage[]> {
  if (directory === undefined) return BUNDLED_LANGUAGES;
  const files = await listLanguageFiles(directory);
  return [...new Set([...BUNDLED_LANGUAGES, ...files.keys()])];
}
