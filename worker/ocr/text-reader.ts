import type { TextLine } from '../../src/results/results-document.ts';
import type { RgbImage } from '../rgb-image.ts';

/** Which engine reads, and what languages: recorded in every results document. */
export interface TextReaderInfo {
  engine: string;
  version: string;
  languages: string[];
}

/** What was read on one frame. */
export interface FrameTexts {
  texts: TextLine[];
  /** Milliseconds the reading of this frame took, without waiting for a free reader. */
  elapsedMs: number;
}

/** Reads text on frames, off the main thread. */
export interface TextReader {
  readonly info: TextReaderInfo;
  /**
   * Reads one frame: lines of text with confidences of at least `minConfidence` (0..1), from top to bottom.
   * Several calls at once are spread over the engine's workers.
   * @throws the signal's reason when it is aborted.
   */
  read(frame: RgbImage, minConfidence: number, signal: AbortSignal): Promise<FrameTexts>;
  /** Ends the workers; a second call does nothing. */
  close(): Promise<void>;
}
