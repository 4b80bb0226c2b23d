/** A language that text is read in: its Tesseract code, such as `eng` or `chi_sim`. */
export type OcrLanguage = string;

/**
 * The languages that every worker has: the data of each is the npm package `@tesseract.js-data/<code>`. Further ones lie in
 * the folder OCR_LANGUAGES_DIR.
 */
export const BUNDLED_LANGUAGES: readonly OcrLanguage[] = ['eng', 'deu', 'fra', 'spa'];
