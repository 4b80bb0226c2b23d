import type { Detection } from '../../../src/results/results-document.ts';

/** One output of a model: its values in row-major order and its shape. */
export interface RawOutput {
  shape: readonly number[];
  values: Float32Array;
}

/** How many detections a frame can have at most. */
export const MAX_DETECTIONS = 100;

/** Turns what a model answers for one frame into detections. */
export interface Head {
  /**
   * Decodes the outputs, which stand in the order of the manifest's `outputs`. The detections have confidences
   * of at least `minConfidence` (0..1), best first, at most MAX_DETECTIONS of them.
   * @throws AppError MODEL_UNAVAILABLE when the outputs do not have the shapes that this head decodes.
   */
  decode(outputs: readonly RawOutput[], minConfidence: number): Detection[];
}
