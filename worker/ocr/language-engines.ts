import { AppError } from '../../src/errors.ts';
import type { OcrLanguage } from '../../src/jobs/ocr-languages.ts';
import type { LanguageData } from '../../src/results/results-document.ts';
import { inferenceStalled } from '../inference-errors.ts';
import { withTimeLimit } from '../../src/time-limit.ts';
import { languageUnfit } from './language-errors.ts';
import type { LanguageLibrary } from './language-library.ts';
import { toPortableGraymap } from './portable-graymap.ts';
import type { RecogniserPool } from './recogniser-pool.ts';
import { createRecogniser, type Recogniser } from './recogniser.ts';

/** Strokes like those of letters, so that an engine has to look at them: what it takes them for does not matter. */
const STROKES = drawStrokes(160, 48);

/** What an engine that was given unfit data fails by, at its start or on its first picture. */
const UNFIT_CODES: ReadonlySet<string> = new Set(['TOOL_UNAVAILABLE', 'INFERENCE_STALLED']);

/**
 * Starts an engine by exactly this data, the main language first. The files are looked at once more when it runs: one
 * that was replaced while it started may have been read half and half.
 * @throws AppError LANGUAGE_CHANGED or LANGUAGE_UNAVAILABLE when a file is another one or gone, TOOL_UNAVAILABLE when the
 * engine does not start.
 */
export async function startEngineBy(
  data: readonly LanguageData[],
  library: LanguageLibrary,
  scratchDirectory: string,
): Promise<Recogniser> {
  const files = await library.findAgain(data);
  const [started] = await Promise.allSettled([createRecogniser(files, scratchDirectory)]);
  try {
    await library.findAgain(data);
  } catch (error) {
    if (started.status === 'fulfilled') await started.value.terminate();
    throw error;
  }
  if (started.status === 'rejected') throw started.reason;
  return started.value;
}

/**
 * Makes the function that finds the data of languages and sees that an engine can read by it, each data once. It has to
 * be tried alone: of several languages, Tesseract leaves out those whose data is damaged, and reads on by the others.
 * That function throws AppErrors LANGUAGE_UNAVAILABLE or LANGUAGE_CHANGED, TOOL_UNAVAILABLE when no fault of the
 * operator's data is in the way, or the signal's reason.
 */
export function createLanguagePreparation(
  library: LanguageLibrary,
  pool: RecogniserPool,
  stallMs: number,
): (languages: readonly OcrLanguage[], signal: AbortSignal) => Promise<LanguageData[]> {
  const proven = new Set<string>();

  const prove = async (data: LanguageData, signal: AbortSignal): Promise<void> => {
    if (proven.has(data.sha256)) return;
    try {
      await pool.use([data], (engine) => tryEngine(engine, stallMs), signal);
    } catch (error) {
      const isUnfit = !data.bundled && error instanceof AppError && UNFIT_CODES.has(error.code);
      throw isUnfit ? languageUnfit(data.language, error) : error;
    }
    proven.add(data.sha256);
  };

  return async (languages, signal) => {
    const files = await library.find(languages);
    const found = files.map(({ language, sha256, bundled }) => ({ language, sha256, bundled }));
    for (const data of found) await prove(data, signal);
    return found;
  };
}

async function tryEngine(engine: Recogniser, stallMs: number): Promise<void> {
  await withTimeLimit(engine.recognise(STROKES), stallMs, () =>
    inferenceStalled('Text recognition', stallMs),
  );
}

function drawStrokes(width: number, height: number): Buffer {
  const isInk = (x: number, y: number) =>
    y >= 12 && y < height - 12 && x >= 16 && x < width - 16 && x % 12 < 4;
  const data = new Uint8Array(new SharedArrayBuffer(width * height));
  data.forEach((_, index) => (data[index] = isInk(index % width, Math.floor(index / width)) ? 0 : 255));
  return toPortableGraymap({ width, height, data });
}
