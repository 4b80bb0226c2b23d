import type { Detection } from '../../src/results/results-document.ts';
import type { ImageFit, ImageSize } from '../fit-image.ts';
import type { RgbImage } from '../rgb-image.ts';

/** The picture that a model takes: its size in pixels, and how a frame is fitted into it. */
export interface DetectorInput extends ImageSize {
  fit: ImageFit;
}

/** A frame as a detector takes it. */
export interface DetectorFrame {
  /** The frame fitted into exactly the detector's input, by placeImage of fit-image.ts. */
  image: RgbImage;
  /** Size of the displayed frame, in pixels: boxes are in 0..1 of it, bars left out. */
  source: ImageSize;
  /** The labels that are wanted: others are passed over before the best are picked. All, when there are none here. */
  labels?: readonly string[];
}

/** Which model runs, where, and what it can tell apart. What stands before the batch size is recorded in every results document. */
export interface DetectorInfo {
  model: string;
  version: string;
  /** SHA-256 over the model's files, hex. */
  sha256: string;
  backend: 'tensorflow' | 'wasm' | 'cpu';
  /** How many frames each thread takes at once when so many wait. */
  batchSize: number;
  input: DetectorInput;
  /** Every label that a detection can have, each once. */
  labels: readonly string[];
}

/** What was found on one frame. */
export interface FrameDetections {
  detections: Detection[];
  /** Milliseconds the inference took on its thread, of frames that went through it together the mean. */
  elapsedMs: number;
}

/** Finds objects on frames, off the main thread. */
export interface ObjectDetector {
  readonly info: DetectorInfo;
  /**
   * Detects on each frame; the answer has the frames' order. Detections have confidences of at least
   * `minConfidence` (0..1), after class-wise non-maximum suppression, best first.
   * @throws RangeError for an image that is not of the input's size; the signal's reason when it is aborted.
   */
  detect(
    frames: readonly DetectorFrame[],
    minConfidence: number,
    signal: AbortSignal,
  ): Promise<FrameDetections[]>;
  /** Ends the threads; a second call does nothing. */
  close(): Promise<void>;
}
