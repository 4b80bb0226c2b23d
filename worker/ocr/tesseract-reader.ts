import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../src/errors.ts';
import type { TextLine } from '../../src/results/results-document.ts';
import type { RgbImage } from '../rgb-image.ts';
import { toPortableGraymap } from './portable-graymap.ts';
import { createRecogniser, type RecognisedLine, type Recogniser } from './recogniser.ts';
import type { TextReader } from './text-reader.ts';

const LANGUAGE = 'eng';
const require = createRequire(import.meta.url);

/** At least two letters or digits side by side: a single sign is what textures look like to the engine. */
const PLAUSIBLE_TEXT = /[\p{L}\p{N}]{2}/u;

/**
 * Reads text with `workers` tesseract.js engines, each on a thread of its own. An engine that is busy when the
 * reading is aborted is ended at once, and replaced when it is next needed.
 * @throws AppError TOOL_UNAVAILABLE when the engine cannot start.
 */
export async function createTesseractReader(options: { workers: number }): Promise<TextReader> {
  const languageFolder = findLanguageFolder();
  const start = () => createRecogniser(LANGUAGE, languageFolder);
  const idle: Recogniser[] = [await start()];
  const all = new Set<Recogniser>(idle);
  const waiting: (() => void)[] = [];
  let busy = 0;
  let closed = false;

  /** Waits for one of `workers` places, and takes an engine for it. */
  const acquire = async (signal: AbortSignal): Promise<Recogniser> => {
    while (busy >= options.workers) {
      const turn = Promise.withResolvers<void>();
      waiting.push(turn.resolve);
      await turn.promise;
    }
    signal.throwIfAborted();
    if (closed) throw new AppError('WORKER_STOPPED', 'The text reader has been closed.');
    busy += 1;
    try {
      const engine = idle.pop() ?? (await start());
      all.add(engine);
      return engine;
    } catch (error) {
      release();
      throw error;
    }
  };

  const release = (engine?: Recogniser) => {
    busy -= 1;
    if (engine) idle.push(engine);
    // All are woken, because some may have been aborted while they waited.
    for (const wake of waiting.splice(0)) wake();
  };

  const discard = async (engine: Recogniser) => {
    all.delete(engine);
    await engine.terminate();
  };

  return {
    info: { engine: 'tesseract.js', version: readEngineVersion(), languages: [LANGUAGE] },

    async read(frame, minConfidence, signal) {
      const engine = await acquire(signal);
      let healthy = false;
      try {
        const begun = performance.now();
        const lines = await unlessAborted(engine.recognise(toPortableGraymap(frame)), signal);
        healthy = true;
        return {
          texts: toTextLines(lines, frame, minConfidence),
          elapsedMs: performance.now() - begun,
        };
      } finally {
        if (!healthy) await discard(engine);
        release(healthy ? engine : undefined);
      }
    },

    async close() {
      closed = true;
      const engines = [...all];
      all.clear();
      idle.length = 0;
      await Promise.all(engines.map((engine) => engine.terminate()));
    },
  };
}

/** Plausible lines from top to bottom, with boxes normalised to the frame. */
function toTextLines(lines: readonly RecognisedLine[], frame: RgbImage, minConfidence: number): TextLine[] {
  return lines
    .map((line) => ({
      text: line.text.trim().replaceAll(/\s+/g, ' '),
      confidence: Math.round(line.confidence * 1e4) / 1e4,
      box: {
        x: part(line.left, frame.width),
        y: part(line.top, frame.height),
        width: part(line.right - line.left, frame.width),
        height: part(line.bottom - line.top, frame.height),
      },
    }))
    .filter((line) => line.confidence >= minConfidence && PLAUSIBLE_TEXT.test(line.text))
    .toSorted((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
}

/** `value` as a part of `whole`, to five decimals: finer than a pixel of any frame. */
function part(value: number, whole: number): number {
  return Math.round((value / whole) * 1e5) / 1e5;
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function findLanguageFolder(): string {
  // The package's main file lies at its root, beside one folder per kind of data.
  return join(dirname(require.resolve(`@tesseract.js-data/${LANGUAGE}/package.json`)), '4.0.0_best_int');
}

function readEngineVersion(): string {
  const file = readFileSync(require.resolve('tesseract.js/package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version;
}
