import { AppError } from '../../../src/errors.ts';
import type { Detection } from '../../../src/results/results-document.ts';
import { type Head, MAX_DETECTIONS, type RawOutput } from './head.ts';
import { type Candidate, suppressNonMaxima } from './non-maximum-suppression.ts';

const CORNERS = 4;

/**
 * Head for single-shot detectors of the TensorFlow object detection API whose graph was cut before its own
 * suppression. Two outputs, N anchors each: scores 0..1 as [1, N, labels.length], and boxes as [1, N, 1, 4] or
 * [1, N, 4] with y1, x1, y2, x2 in 0..1 of the frame. Classes whose label is `null` are passed over.
 */
export function createSsdHead(labels: readonly (string | null)[]): Head {
  return {
    decode(outputs, minConfidence) {
      const [scores, boxes] = outputs;
      if (scores === undefined || boxes === undefined) throw unexpectedShapes(outputs);
      const anchors = scores.shape[1] ?? 0;
      const fits =
        scores.values.length === anchors * labels.length && boxes.values.length === anchors * CORNERS;
      if (!fits) throw unexpectedShapes(outputs);
      const kept = suppressNonMaxima(collectCandidates(scores.values, boxes.values, labels, minConfidence), {
        maxIntersectionOverUnion: 0.5,
        maxCount: MAX_DETECTIONS,
      });
      return kept.flatMap((candidate) => toDetection(candidate, labels));
    },
  };
}

function collectCandidates(
  scores: Float32Array,
  boxes: Float32Array,
  labels: readonly (string | null)[],
  minConfidence: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  // Nearly all of the scores (some 170,000 a frame) fall at this first comparison, so nothing is made for them.
  for (let index = 0; index < scores.length; index += 1) {
    const confidence = scores[index] ?? 0;
    if (!(confidence >= minConfidence)) continue;
    const classIndex = index % labels.length;
    const box = ((index - classIndex) / labels.length) * CORNERS;
    const candidate = {
      classIndex,
      confidence,
      top: clip(boxes[box]),
      left: clip(boxes[box + 1]),
      bottom: clip(boxes[box + 2]),
      right: clip(boxes[box + 3]),
    };
    const hasArea = candidate.right > candidate.left && candidate.bottom > candidate.top;
    if (hasArea && typeof labels[classIndex] === 'string') candidates.push(candidate);
  }
  return candidates;
}

/** None or one: a sliver that rounding leaves without an area is not a detection. */
function toDetection(candidate: Candidate, labels: readonly (string | null)[]): Detection[] {
  const label = labels[candidate.classIndex];
  // The edges are rounded, not the sizes, so that x + width never passes the frame's edge.
  const x = round(candidate.left, 5);
  const y = round(candidate.top, 5);
  const width = round(round(candidate.right, 5) - x, 5);
  const height = round(round(candidate.bottom, 5) - y, 5);
  if (typeof label !== 'string' || width === 0 || height === 0) return [];
  return [{ label, confidence: round(Math.min(candidate.confidence, 1), 4), box: { x, y, width, height } }];
}

/** 0..1; what is not a number stays so, and then no comparison finds an area in the box. */
function clip(edge: number | undefined): number {
  return Math.min(Math.max(edge ?? Number.NaN, 0), 1);
}

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}

function unexpectedShapes(outputs: readonly RawOutput[]): AppError {
  const shapes = outputs.map((output) => `[${output.shape.join(', ')}]`).join(' and ');
  return new AppError(
    'MODEL_UNAVAILABLE',
    `The model's outputs have the shapes ${shapes || 'of nothing'}, which the ssd head cannot decode. ` +
      "Correct the outputs, the labels or the head in the model's manifest.",
  );
}
