import type { OcrLanguage } from '../../src/jobs/ocr-languages.ts';
import type { BoundingBox, LanguageData, TextLine } from '../../src/results/results-document.ts';
import type { ChangeMask } from '../change-mask.ts';
import type { LumaImage } from '../luma-image.ts';

/** Which engine reads: recorded in every results document. */
export interface TextReaderInfo {
  engine: string;
  version: string;
}

/** What is to be read. */
export interface ReadingOptions {
  /** Data of the languages the text is in, as `prepareLanguages` resolved to it. */
  languages: readonly LanguageData[];
  /** Least confidence of a line, 0..1. */
  minConfidence: number;
  /** Where the frame differs from the last one that was read; only lines that a change touches are read. All without it. */
  changed?: ChangeMask;
}

/** What was read on one frame. */
export interface FrameTexts {
  texts: TextLine[];
  /** Boxes of the places that looked like text and were read, whether there was any or not. */
  readRegions: BoundingBox[];
  /** Milliseconds of work on this frame, without waiting for a free reader. */
  elapsedMs: number;
}

/** Reads text on frames, off the main thread. */
export interface TextReader {
  readonly info: TextReaderInfo;
  /**
   * Finds the data of these languages (each once, the main one first) and sees, once for each file, that it can be read by.
   * Every reading by what this resolves to is by that very data, whatever becomes of the files.
   * @throws the signal's reason when it is aborted; AppError LANGUAGE_UNAVAILABLE when data is missing or damaged,
   * LANGUAGE_CHANGED when it was replaced meanwhile, TOOL_UNAVAILABLE when the engine does not start.
   */
  prepareLanguages(languages: readonly OcrLanguage[], signal: AbortSignal): Promise<readonly LanguageData[]>;
  /**
   * Reads one frame: lines of text from top to bottom. Several calls at once are spread over the engine's workers.
   * @throws the signal's reason when it is aborted; AppError LANGUAGE_CHANGED, LANGUAGE_UNAVAILABLE or TOOL_UNAVAILABLE when
   * an engine has to start and the data is another one or gone, or it cannot; INFERENCE_STALLED when it crashes or does not
   * answer in time.
   */
  read(frame: LumaImage, options: ReadingOptions, signal: AbortSignal): Promise<FrameTexts>;
  /** Ends the workers; a second call does nothing. */
  close(): Promise<void>;
}
