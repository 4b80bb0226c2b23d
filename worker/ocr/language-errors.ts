import { AppError } from '../../src/errors.ts';
import type { OcrLanguage } from '../../src/jobs/ocr-languages.ts';

/** Says that a worker lacks the data of a language, and how it gets it. */
export function languageMissing(language: OcrLanguage, isBundled: boolean, cause: unknown): AppError {
  const remedy = isBundled
    ? 'restore it by `npm ci`'
    : `put ${language}.traineddata into the folder OCR_LANGUAGES_DIR of every worker`;
  return new AppError(
    'LANGUAGE_UNAVAILABLE',
    `This worker has no data for reading text in the language "${language}". Submit the video again with other ` +
      `languages, or have the operator ${remedy}.`,
    { cause, details: { argument: 'options.languages' } },
  );
}

/** Says that the text engine does not run by the data that the operator has put there for a language. */
export function languageUnfit(language: OcrLanguage, cause: unknown): AppError {
  return new AppError(
    'LANGUAGE_UNAVAILABLE',
    `This worker cannot read text in the language "${language}": its file in the folder OCR_LANGUAGES_DIR is damaged, or ` +
      'not for the LSTM engine of Tesseract 4 and later. Submit the video again with other languages, or have the ' +
      'operator put a whole file in its place, see what `foregsyte doctor` says of it, and retry the job.',
    { cause, details: { argument: 'options.languages' } },
  );
}

/** Says that the data of a language is not the one any more by which a job has begun to read. */
export function languageChanged(language: OcrLanguage): AppError {
  return new AppError(
    'LANGUAGE_CHANGED',
    `The data for reading text in the language "${language}" was replaced during the job, whose next attempt begins anew. ` +
      'If this happens again, have the operator leave the folder OCR_LANGUAGES_DIR alone while jobs run.',
  );
}
