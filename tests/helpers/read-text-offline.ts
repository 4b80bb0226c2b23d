import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { resolveAnalysisOptions } from '../../src/jobs/resolve-analysis-options.ts';
import { createTesseractReader } from '../../worker/ocr/tesseract-reader.ts';

// Reads a drawn text, in languages like eng,deu, and prints what was read; started by the test with no-network.cjs
// preloaded.
const [, , text = '', codes = 'eng'] = process.argv;
const { languages } = resolveAnalysisOptions({ languages: codes.split(',') });
const require = createRequire(import.meta.url);
GlobalFonts.registerFromPath(require.resolve('roboto-fontface/fonts/roboto/Roboto-Bold.woff2'), 'Drawn');
const [width, height] = [640, 120];
const context = createCanvas(width, height).getContext('2d');
context.fillStyle = '#fff';
context.fillRect(0, 0, width, height);
context.fillStyle = '#000';
context.font = '48px Drawn';
context.fillText(text, 40, 80);
const rgba = context.getImageData(0, 0, width, height).data;
// Black on white: each channel is the brightness.
const data = new Uint8Array(new SharedArrayBuffer(width * height));
for (let pixel = 0; pixel < data.length; pixel += 1) data[pixel] = rgba[pixel * 4] ?? 0;

const reader = await createTesseractReader({ workers: 1, stallMs: 60_000, scratchDirectory: tmpdir() });
const reading = { languages, minConfidence: 0.5 };
const { texts } = await reader.read({ width, height, data }, reading, new AbortController().signal);
console.log(JSON.stringify(texts));
await reader.close();
