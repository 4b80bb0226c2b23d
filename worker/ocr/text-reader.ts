import type { OcrLanguage } from '../../src/jobs/ocr-languages.ts';
import type { BoundingBox, TextLine } from '../../src/results/results-document.ts';
import type { ChangeMask } from '../change-mask.ts';
import type { LumaImage } from '../luma-image.ts';

/** Which engine reads: recorded in every results document. */
export interface TextReaderInfo {
  engine: string;
  version: string;
}

/** What is to be read. */
export interface ReadingOptions {
  /** Languages the text is in, each once, the main one first. */
  languages: readonly OcrLanguage[];
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
  /** Whether there is data for these languages, before much work is done. @throws AppError LANGUAGE_UNAVAILABLE. */
  assertLanguages(languages: readonly OcrLanguage[]): Promise<void>;
  /**
   * Reads one frame: lines of text from top to bottom. Several calls at once are spread over the engine's workers.
   * @throws the signal's reason when it is aborted; AppError LANGUAGE_UNAVAILABLE or TOOL_UNAVAILABLE when an engine for
   * the languages cannot start, INFERENCE_STALLED when it crashes or does not answer in time.
   */
  read(frame: LumaImage, options: ReadingOptions, signal: AbortSignal): Promise<FrameTexts>;
  /** Ends the workers; a second call does nothing. */
  close(): Promise<void>;
}
