import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { ANALYSIS_DEFAULTS } from '../../src/jobs/analysis-options.ts';
import type { TextLine } from '../../src/results/results-document.ts';
import { inferenceStalled } from '../inference-errors.ts';
import type { LumaImage } from '../luma-image.ts';
import { withTimeLimit } from '../time-limit.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { toPortableGraymap } from './portable-graymap.ts';
import { createRecogniserPool } from './recogniser-pool.ts';
import { createRecogniser, type RecognisedLine } from './recogniser.ts';
import type { TextReader } from './text-reader.ts';

const require = createRequire(import.meta.url);

/** At least two letters or digits side by side: a single sign is what textures look like to the engine. */
const PLAUSIBLE_TEXT = /[\p{L}\p{N}]{2}/u;

/**
 * Reads text with at most `workers` tesseract.js engines, each on a thread of its own. An engine that is busy when the
 * reading is aborted, or that does not answer within `stallMs` milliseconds, is ended at once, and replaced when it is next
 * needed. `scratchDirectory` is for what an engine needs while it starts. The first engine, for the default languages,
 * starts at once, to prove that it does.
 * @throws AppError TOOL_UNAVAILABLE when the engine cannot start.
 */
export async function createTesseractReader(options: {
  workers: number;
  stallMs: number;
  scratchDirectory: string;
}): Promise<TextReader> {
  const { workers, stallMs, scratchDirectory } = options;
  const pool = createRecogniserPool({
    places: workers,
    start: (languages) => createRecogniser(languages, scratchDirectory),
  });
  await pool.use(ANALYSIS_DEFAULTS.languages, async () => {}, new AbortController().signal);

  return {
    info: { engine: 'tesseract.js', version: readEngineVersion() },

    async read(frame, { languages, minConfidence }, signal) {
      checkSize(frame);
      return pool.use(
        languages,
        async (engine) => {
          const begun = performance.now();
          const recognition = withTimeLimit(engine.recognise(toPortableGraymap(frame)), stallMs, () =>
            inferenceStalled('Text recognition', stallMs),
          );
          const lines = await unlessAborted(recognition, signal);
          return {
            texts: toTextLines(lines, frame, minConfidence),
            elapsedMs: performance.now() - begun,
          };
        },
        signal,
      );
    },

    close: () => pool.close(),
  };
}

/** A wrong size is a fault of the caller and must not cost an engine. */
function checkSize({ width, height, data }: LumaImage): void {
  if (data.length === width * height) return;
  throw new RangeError(`A frame of ${width}x${height} has ${data.length} bytes instead of one a pixel.`);
}

/** Plausible lines from top to bottom, with boxes normalised to the frame. */
function toTextLines(lines: readonly RecognisedLine[], frame: LumaImage, minConfidence: number): TextLine[] {
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

function readEngineVersion(): string {
  const file = readFileSync(require.resolve('tesseract.js/package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version;
}
