import type { Detection } from '../../src/results/results-document.ts';
import type { RgbImage } from '../rgb-image.ts';

/** Which model runs, where, and what it can tell apart. All but the labels is recorded in every results document. */
export interface DetectorInfo {
  model: string;
  version: string;
  /** SHA-256 over the model's files, hex. */
  sha256: string;
  backend: 'tensorflow' | 'wasm' | 'cpu';
  /** Every label that a detection can have, each once. */
  labels: readonly string[];
}

/** What was found on one frame. */
export interface FrameDetections {
  detections: Detection[];
  /** Milliseconds the inference of this frame took on its thread. */
  elapsedMs: number;
}

/** Finds objects on frames, off the main thread. */
export interface ObjectDetector {
  readonly info: DetectorInfo;
  /**
   * Detects on each frame; the answer has the frames' order. Detections have confidences of at least
   * `minConfidence` (0..1), after class-wise non-maximum suppression, best first.
   * @throws the signal's reason when it is aborted.
   */
  detect(frames: readonly RgbImage[], minConfidence: number, signal: AbortSignal): Promise<FrameDetections[]>;
  /** Ends the threads; a second call does nothing. */
  close(): Promise<void>;
}
