import { basename } from 'node:path';
import { scratchDirectory, type Config } from '../../src/config.ts';
import { fine, inspect, note, type Finding, type Observation } from '../../src/doctor/finding.ts';
import { AppError } from '../../src/errors.ts';
import { listLanguageFiles } from '../../src/jobs/ocr-language-files.ts';
import { BUNDLED_LANGUAGES, type OcrLanguage } from '../../src/jobs/ocr-languages.ts';
import { createTesseractReader } from '../ocr/tesseract-reader.ts';
import type { TextReader } from '../ocr/text-reader.ts';

/**
 * Whether the text engine runs by the data of each language: one finding for it with all bundled languages, and one for
 * each in the operator's folder. They are tried as a worker tries them, one after the other, until `signal` is aborted.
 */
export async function inspectTextReading(config: Config, signal: AbortSignal): Promise<Finding[]> {
  const languagesDirectory = config.OCR_LANGUAGES_DIR;
  const findings: Finding[] = [];
  const text = await inspect('text', async () => {
    const files = languagesDirectory ? await listLanguageFiles(languagesDirectory) : [];
    const reader = await createTesseractReader({
      workers: 1,
      stallMs: config.INFERENCE_STALL_MS,
      scratchDirectory: scratchDirectory(config),
      languagesDirectory,
    });
    try {
      for (const [language, path] of files) {
        const look = () => inspectLanguage(reader, language, basename(path), signal);
        findings.push(await inspect(`language ${language}`, look));
      }
      await reader.prepareLanguages(BUNDLED_LANGUAGES, signal);
      return fine(`${reader.info.engine} ${reader.info.version}: ${BUNDLED_LANGUAGES.join(', ')}`);
    } finally {
      await reader.close();
    }
  });
  return [text, ...findings];
}

/** A damaged one stops no service: it fails the jobs that ask for it. */
async function inspectLanguage(
  reader: TextReader,
  language: OcrLanguage,
  fileName: string,
  signal: AbortSignal,
): Promise<Observation> {
  if (BUNDLED_LANGUAGES.includes(language)) {
    return fine(`${fileName} is not used: the data that comes with the product is`);
  }
  try {
    const [data] = await reader.prepareLanguages([language], signal);
    return fine(`${fileName}, read by the text engine (sha256 ${data?.sha256})`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return note(`${fileName} cannot be used`, error.message);
  }
}
