import type { Worker as Thread } from 'node:worker_threads';
import { createWorker, OEM, PSM, type Worker as Engine } from 'tesseract.js';
import { AppError } from '../../src/errors.ts';
import type { OcrLanguage } from '../../src/jobs/ocr-languages.ts';
import { endThread } from '../end-thread.ts';
import { inferenceCrashed } from '../inference-errors.ts';
import { withTimeLimit } from '../../src/time-limit.ts';
import { catchThread } from './catch-thread.ts';
import { withLanguageFolder } from './language-folder.ts';
import type { LanguageFile } from './language-library.ts';

/** A line as the engine reports it: text as read, confidence 0..1, corners in pixels. */
export interface RecognisedLine {
  text: string;
  confidence: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** One tesseract.js engine on its own thread: one image at a time. */
export interface Recogniser {
  /**
   * The line of text in an encoded image (PGM, PNG, JPEG) of one: none, one, or what the engine takes for several.
   * @throws AppError INFERENCE_STALLED when the engine fails or its thread dies.
   */
  recognise(image: Buffer): Promise<RecognisedLine[]>;
  /** How many images it has been given. */
  imageCount(): number;
  /** Ends the thread, also in mid-recognition, in bounded time; a second call, or one after its death, does nothing more. */
  terminate(): Promise<void>;
}

/** How long an engine may take to load its languages. */
const START_MS = 120_000;

/**
 * Starts an engine that reads by these files, that of the main language first, within `startMs` milliseconds. Nothing is
 * downloaded: the engine would fetch what it does not find, so it is given a folder (in the scratch one, for as long as
 * it starts) in which all are found. Damaged data makes it fail only where it is the data of all its languages.
 * @throws AppError TOOL_UNAVAILABLE when it does not start, STORAGE_FULL or STORAGE_FAILED when the folder cannot be made.
 */
export async function createRecogniser(
  files: readonly LanguageFile[],
  scratchDirectory: string,
  startMs = START_MS,
): Promise<Recogniser> {
  const languages = files.map(({ language }) => language);
  try {
    return await withLanguageFolder(files, scratchDirectory, (folder) =>
      startEngine(languages, folder, startMs),
    );
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'TOOL_UNAVAILABLE',
      `The text engine cannot start with the languages ${languages.join(', ')}. Run \`npm ci\` to restore the bundled data; ` +
        'files in OCR_LANGUAGES_DIR must be whole, and for the LSTM engine of Tesseract 4 and later.',
      { cause },
    );
  }
}

async function startEngine(
  languages: readonly OcrLanguage[],
  languageFolder: string,
  startMs: number,
): Promise<Recogniser> {
  const failure = Promise.withResolvers<never>();
  // Several calls wait for it, or none; a rejection that nobody awaits must not end the process.
  failure.promise.catch(() => {});

  const { thread, result: starting } = catchThread(() =>
    createWorker([...languages], OEM.LSTM_ONLY, {
      langPath: languageFolder,
      gzip: true,
      cacheMethod: 'none',
      // Without it the library throws inside a message handler, which would end the process.
      errorHandler: (reason: unknown) => {
        failure.reject(new Error('tesseract.js reported an error', { cause: reason }));
        // Data that it cannot load it first refuses and then calls loaded; that, too, would throw in the handler.
        thread?.removeAllListeners('message');
      },
    }),
  );
  thread?.on('error', (error) => failure.reject(error));
  thread?.on('exit', () => failure.reject(new Error('the thread of tesseract.js ended')));
  try {
    const engine = await withTimeLimit(Promise.race([prepared(starting), failure.promise]), startMs, () => {
      return new Error(`tesseract.js did not start within ${startMs} ms`);
    });
    return recogniserOver(engine, thread, failure.promise);
  } catch (error) {
    if (thread !== null) await endThread(thread);
    throw error;
  }
}

async function prepared(starting: Promise<Engine>): Promise<Engine> {
  const engine = await starting;
  await engine.setParameters({
    tessedit_pageseg_mode: PSM.SINGLE_LINE,
    // Lines come dark on light; reading what is no text a second time, inverted, would take as long again.
    tessedit_do_invert: '0',
    // What was read on one image must not depend on those before it.
    tessedit_enable_doc_dict: '0',
    // The engine's own chatter about resolutions.
    debug_file: '/dev/null',
  });
  return engine;
}

function recogniserOver(engine: Engine, thread: Thread | null, failure: Promise<never>): Recogniser {
  let images = 0;
  return {
    async recognise(image) {
      images += 1;
      const { data } = await Promise.race([
        engine.recognize(image, {}, { text: false, blocks: true }),
        failure,
      ]).catch((cause: unknown) => {
        throw inferenceCrashed('Text recognition', cause);
      });
      const lines = (data.blocks ?? [])
        .flatMap((block) => block.paragraphs)
        .flatMap((paragraph) => paragraph.lines);
      return lines.map(({ text, confidence, bbox }) => ({
        text,
        confidence: confidence / 100,
        left: bbox.x0,
        top: bbox.y0,
        right: bbox.x1,
        bottom: bbox.y1,
      }));
    },

    imageCount: () => images,

    async terminate() {
      // The library's own function does not wait for the thread.
      await engine.terminate();
      if (thread !== null) await endThread(thread);
    },
  };
}
