/**
 * The languages that text can be read in, by their Tesseract codes. The data of each is the npm package
 * `@tesseract.js-data/<code>`, which the worker loads; the API process knows the codes alone.
 */
export const OCR_LANGUAGES = ['eng', 'deu', 'fra', 'spa'] as const;

/** See OCR_LANGUAGES. */
export type OcrLanguage = (typeof OCR_LANGUAGES)[number];
