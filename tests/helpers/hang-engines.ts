import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelsDirectory, readConfig } from '../../src/config.ts';
import { AppError } from '../../src/errors.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { DEFAULT_MODEL } from '../../worker/detection/models/catalogue.ts';
import { createThreadDetector } from '../../worker/detection/tensorflow/thread-detector.ts';
import { createRecogniser } from '../../worker/ocr/recogniser.ts';
import { createTesseractReader } from '../../worker/ocr/tesseract-reader.ts';

// Makes the real engines hang in the middle of a frame (hanging-threads.cjs must be preloaded), and prints how that
// ended and how the frames after it went.
const STALL_MS = 1_000;
const never = new AbortController().signal;
const hangFile = process.env['HANG_FILE'] ?? '';
const luma = { width: 64, height: 64, data: new Uint8Array(new SharedArrayBuffer(64 * 64)) };

/** What became of a frame while threads hang. */
async function whileHanging(work: () => Promise<unknown>): Promise<string> {
  writeFileSync(hangFile, '');
  try {
    await work();
    return 'answered';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  } finally {
    rmSync(hangFile);
  }
}
/** A signal that is aborted as soon as the thread has been given its frame. */
const abortedSoon = () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 100);
  return controller.signal;
};

const reader = await createTesseractReader({ workers: 1, stallMs: STALL_MS, scratchDirectory: tmpdir() });
const read = (signal: AbortSignal) => reader.read(luma, { languages: ['eng'], minConfidence: 0.5 }, signal);
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
    startStalled: await whileHanging(() => createRecogniser(['eng'], tmpdir(), STALL_MS)),
    readStalled: await whileHanging(() => read(never)),
    readNext: (await read(never)).texts,
    readAborted: await whileHanging(() => read(abortedSoon())),
    readAfterwards: (await read(never)).texts,
    detectStalled: await whileHanging(() => detect(never)),
    detectNext: (await detect(never)).length,
    detectAborted: await whileHanging(() => detect(abortedSoon())),
    detectAfterwards: (await detect(never)).length,
  }),
);
await Promise.all([reader.close(), detector.close()]);
