import { tmpdir } from 'node:os';
import { resolveAnalysisOptions } from '../../src/jobs/resolve-analysis-options.ts';
import { createTesseractReader } from '../../worker/ocr/tesseract-reader.ts';
import { drawTexts, evenLuma } from './draw-luma.ts';

// Reads a drawn text, in languages like eng,deu, and prints what was read; started by the test with no-network.cjs
// preloaded.
const [, , text = '', codes = 'eng'] = process.argv;
const never = new AbortController().signal;
const options = resolveAnalysisOptions({ languages: codes.split(',') });
const frame = drawTexts(evenLuma(640, 120, 255), [{ text, x: 40, y: 80, size: 48, level: 0, face: 'Bold' }]);
const reader = await createTesseractReader({ workers: 1, stallMs: 60_000, scratchDirectory: tmpdir() });
const languages = await reader.prepareLanguages(options.languages, never);
const { texts } = await reader.read(frame, { languages, minConfidence: 0.5 }, never);
console.log(JSON.stringify(texts));
await reader.close();
