import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import { createWorker, OEM, PSM } from 'tesseract.js';
import { AppError } from '../../src/errors.ts';

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
  /** Lines of text in an encoded image (PGM, PNG, JPEG). Rejects when the engine fails or its thread dies. */
  recognise(image: Buffer): Promise<RecognisedLine[]>;
  /** Ends the thread, also in mid-recognition; then `recognise` never settles. */
  terminate(): Promise<void>;
}

/**
 * Starts an engine with the language data in `languageFolder` (`<language>.traineddata.gz`). Nothing is downloaded:
 * the engine would fetch what it does not find, so a missing file is refused before.
 * @throws AppError TOOL_UNAVAILABLE when the data is missing or the engine does not start.
 */
export async function createRecogniser(language: string, languageFolder: string): Promise<Recogniser> {
  try {
    await access(join(languageFolder, `${language}.traineddata.gz`));
    return await startEngine(language, languageFolder);
  } catch (cause) {
    throw new AppError(
      'TOOL_UNAVAILABLE',
      'The text engine cannot start. Run `npm ci` to restore its language data.',
      {
        cause,
      },
    );
  }
}

async function startEngine(language: string, languageFolder: string): Promise<Recogniser> {
  const failure = Promise.withResolvers<never>();
  // Several calls wait for it, or none; a rejection that nobody awaits must not end the process.
  failure.promise.catch(() => {});

  const starting = createWorker(language, OEM.LSTM_ONLY, {
    langPath: languageFolder,
    gzip: true,
    cacheMethod: 'none',
    // Without it the library throws inside a message handler, which would end the process.
    errorHandler: (reason: unknown) =>
      failure.reject(new Error('tesseract.js reported an error', { cause: reason })),
  });
  const engine = await Promise.race([starting, failure.promise]);
  if ('worker' in engine && engine.worker instanceof Thread) {
    engine.worker.on('error', (error) => failure.reject(error));
    engine.worker.on('exit', () => failure.reject(new Error('the thread of tesseract.js ended')));
  }
  await engine.setParameters({
    tessedit_pageseg_mode: PSM.AUTO,
    // The engine's own chatter about resolutions.
    debug_file: '/dev/null',
  });

  return {
    async recognise(image) {
      const { data } = await Promise.race([
        engine.recognize(image, {}, { text: false, blocks: true }),
        failure.promise,
      ]);
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

    async terminate() {
      const thread = 'worker' in engine && engine.worker instanceof Thread ? engine.worker : undefined;
      const ended = thread ? once(thread, 'exit') : undefined;
      await engine.terminate();
      await ended;
    },
  };
}
