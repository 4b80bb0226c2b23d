import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { ANALYSIS_DEFAULTS } from '../../src/jobs/analysis-options.ts';
import { inferenceStalled } from '../inference-errors.ts';
import type { LumaImage } from '../luma-image.ts';
import { withTimeLimit } from '../../src/time-limit.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { createLanguagePreparation, startEngineBy } from './language-engines.ts';
import { createLanguageLibrary } from './language-library.ts';
import { createLineFinder } from './line-finder.ts';
import { readLines } from './read-lines.ts';
import { createRecogniserPool } from './recogniser-pool.ts';
import type { TextReader } from './text-reader.ts';

const require = createRequire(import.meta.url);

/** An engine is replaced after so many lines: seldom enough that starting the next one costs next to nothing. */
const IMAGES_AN_ENGINE = 5_000;

/** What a reader is made of. */
export interface TesseractReaderOptions {
  /** How many engines there are at most. */
  workers: number;
  /** Milliseconds within which an engine has to answer. */
  stallMs: number;
  /** For what an engine needs while it starts. Absolute path. */
  scratchDirectory: string;
  /** Where the data of languages lies that are not bundled; without it there are none. Absolute path. */
  languagesDirectory?: string | undefined;
}

/**
 * Reads text line by line: places that look like text are found on the frame, made easy to read and recognised; a frame
 * without any costs no recognition. There are at most `workers` tesseract.js engines, each on a thread of its own. An
 * engine that is busy when the reading is aborted, or that does not answer within `stallMs` milliseconds, is ended at once,
 * and replaced when it is next needed. The first engine, for the default languages, starts at once, to prove that it does.
 * @throws AppError TOOL_UNAVAILABLE when the engine cannot start.
 */
export async function createTesseractReader(options: TesseractReaderOptions): Promise<TextReader> {
  const { workers, stallMs, scratchDirectory, languagesDirectory } = options;
  const library = createLanguageLibrary(languagesDirectory);
  const pool = createRecogniserPool({
    places: workers,
    imagesAnEngine: IMAGES_AN_ENGINE,
    start: (data) => startEngineBy(data, library, scratchDirectory),
  });
  const finder = createLineFinder(stallMs);
  const prepareLanguages = createLanguagePreparation(library, pool, stallMs);
  await prepareLanguages(ANALYSIS_DEFAULTS.languages, new AbortController().signal);

  return {
    info: { engine: 'tesseract.js', version: readEngineVersion() },

    prepareLanguages,

    async read(frame, { languages, minConfidence, changed }, signal) {
      checkSize(frame);
      const { lines: found, elapsedMs: findingMs } = await finder.find(frame, changed, signal);
      const readRegions = found.map(({ box }) => box);
      if (found.length === 0) return { texts: [], readRegions, elapsedMs: findingMs };
      return pool.use(
        languages,
        async (engine) => {
          const begun = performance.now();
          const texts = await readLines(found, frame, minConfidence, (image) => {
            const recognition = withTimeLimit(engine.recognise(image), stallMs, () =>
              inferenceStalled('Text recognition', stallMs),
            );
            return unlessAborted(recognition, signal);
          });
          return { texts, readRegions, elapsedMs: findingMs + performance.now() - begun };
        },
        signal,
      );
    },

    async close() {
      await Promise.all([finder.close(), pool.close()]);
    },
  };
}

/** A wrong size is a fault of the caller and must not cost an engine. */
function checkSize({ width, height, data }: LumaImage): void {
  if (data.length === width * height) return;
  throw new RangeError(`A frame of ${width}x${height} has ${data.length} bytes instead of one a pixel.`);
}

function readEngineVersion(): string {
  const file = readFileSync(require.resolve('tesseract.js/package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version;
}
