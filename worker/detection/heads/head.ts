import type { Candidate } from './non-maximum-suppression.ts';

/** One output of a model: its values in row-major order and its shape. */
export interface RawOutput {
  shape: readonly number[];
  values: Float32Array;
}

/** How many detections a frame can have at most. */
export const MAX_DETECTIONS = 100;

/** Turns what a model answers for one picture into boxes that show objects. */
export interface Head {
  /**
   * Decodes the outputs, which stand in the order of the manifest's `outputs`. The boxes have confidences of at
   * least `minConfidence` (0..1) and classes that have a label; they stand best first, after class-wise
   * non-maximum suppression, MAX_DETECTIONS at most.
   * @throws AppError MODEL_UNAVAILABLE when the outputs do not have the shapes that this head decodes.
   */
  decode(outputs: readonly RawOutput[], minConfidence: number): Candidate[];
}
