import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelsDirectory, readConfig } from '../../src/config.ts';
import { AppError } from '../../src/errors.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { DEFAULT_MODEL } from '../../worker/detection/models/catalogue.ts';
import { createThreadDetector } from '../../worker/detection/tensorflow/thread-detector.ts';
import { createLanguageLibrary } from '../../worker/ocr/language-library.ts';
import { createRecogniser } from '../../worker/ocr/recogniser.ts';
import { createTesseractReader } from '../../worker/ocr/tesseract-reader.ts';
import { drawTexts, evenLuma } from './draw-luma.ts';

// Makes the real engines hang in the middle of a frame (hanging-threads.cjs must be preloaded), and prints how that
// ended and how the frames after it went.
// Long enough for a thread that answers to start and to answer on a machine that does much else.
const STALL_MS = 5_000;
const never = new AbortController().signal;
const hangFile = process.env['HANG_FILE'] ?? '';
const luma = drawTexts(evenLuma(320, 120, 255), [{ text: 'Some text', x: 40, y: 70, size: 32, level: 0 }]);

/** What became of a frame while threads hang, but for those of the name `spared`. */
async function whileHanging(work: () => Promise<unknown>, spared = 'none'): Promise<string> {
  writeFileSync(hangFile, spared);
  try {
    await work();
    return 'answered';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  } finally {
    rmSync(hangFile);
  }
}
const abortedAfter = (ms: number) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), ms);
  return controller.signal;
};
/** A signal that is aborted as soon as the thread has been given its frame. */
const abortedSoon = () => abortedAfter(100);
/** One that is aborted when the lines have been found, and before their reading is given up. */
const abortedLater = () => abortedAfter(STALL_MS / 2);

const reader = await createTesseractReader({ workers: 1, stallMs: STALL_MS, scratchDirectory: tmpdir() });
const languages = await reader.prepareLanguages(['eng'], never);
const files = await createLanguageLibrary(undefined).find(['eng']);
const read = (signal: AbortSignal) => reader.read(luma, { languages, minConfidence: 0.5 }, signal);
const readTexts = async () => (await read(never)).texts.map(({ text }) => text);
const detector = await createThreadDetector({
  modelDirectory: join(modelsDirectory(readConfig()), DEFAULT_MODEL),
  backend: 'wasm',
  threads: 1,
  stallMs: STALL_MS,
  logger: createSilentLogger(),
});
const { width, height } = detector.info.input;
const image = { width, height, data: new Uint8Array(new SharedArrayBuffer(width * height * 3)) };
const frame = { image, source: image };
const detect = (signal: AbortSignal) => detector.detect([frame], 0.5, signal);

console.log(
  JSON.stringify({
    // Ends with this process, which would not end by itself while one of their threads did.
    startStalled: await whileHanging(() => createRecogniser(files, tmpdir(), STALL_MS)),
    findStalled: await whileHanging(() => read(never)),
    findNext: await readTexts(),
    findAborted: await whileHanging(() => read(abortedSoon())),
    findAfterwards: await readTexts(),
    readStalled: await whileHanging(() => read(never), 'line-finder'),
    readNext: await readTexts(),
    readAborted: await whileHanging(() => read(abortedLater()), 'line-finder'),
    readAfterwards: await readTexts(),
    detectStalled: await whileHanging(() => detect(never)),
    detectNext: (await detect(never)).length,
    detectAborted: await whileHanging(() => detect(abortedSoon())),
    detectAfterwards: (await detect(never)).length,
  }),
);
await Promise.all([reader.close(), detector.close()]);
