import { type Head, MAX_DETECTIONS } from './head.ts';
import { type Candidate, suppressNonMaxima } from './non-maximum-suppression.ts';
import { unexpectedShapes } from './unexpected-shapes.ts';

const CORNERS = 4;

/**
 * Head for single-shot detectors of the TensorFlow object detection API whose graph was cut before its own
 * suppression. Two outputs, N anchors each: scores 0..1 as [1, N, labels.length], and boxes as [1, N, 1, 4] or
 * [1, N, 4] with y1, x1, y2, x2 in 0..1 of the input. Classes whose label is `null` are passed over.
 */
export function createSsdHead(labels: readonly (string | null)[]): Head {
  return {
    decode(outputs, minConfidence) {
      const [scores, boxes] = outputs;
      if (scores === undefined || boxes === undefined) throw unexpectedShapes('ssd', outputs);
      const anchors = scores.shape[1] ?? 0;
      const fits =
        scores.values.length === anchors * labels.length && boxes.values.length === anchors * CORNERS;
      if (!fits) throw unexpectedShapes('ssd', outputs);
      return suppressNonMaxima(collectCandidates(scores.values, boxes.values, labels, minConfidence), {
        maxIntersectionOverUnion: 0.5,
        maxCount: MAX_DETECTIONS,
      });
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
      top: boxes[box] ?? Number.NaN,
      left: boxes[box + 1] ?? Number.NaN,
      bottom: boxes[box + 2] ?? Number.NaN,
      right: boxes[box + 3] ?? Number.NaN,
    };
    // What is not a number is not greater than anything.
    const hasArea = candidate.right > candidate.left && candidate.bottom > candidate.top;
    if (hasArea && typeof labels[classIndex] === 'string') candidates.push(candidate);
  }
  return candidates;
}
