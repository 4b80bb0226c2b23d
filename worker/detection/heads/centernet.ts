import type { ImageSize } from '../../fit-image.ts';
import { type Head, MAX_DETECTIONS, type RawOutput } from './head.ts';
import { type Candidate, suppressNonMaxima } from './non-maximum-suppression.ts';
import { unexpectedShapes } from './unexpected-shapes.ts';

/** x1, y1, x2, y2, score, class. */
const VALUES = 6;

/**
 * Head for CenterNet (Zhou, Wang, Krähenbühl, "Objects as Points", 2019) whose graph picks the peaks of its heat map
 * by itself. One output of K peaks, best first, as [1, K, 6]: x1, y1, x2, y2 in pixels of the input, score 0..1, and
 * the number of the class. Neighbouring peaks of one large object can both survive, so they are suppressed all the same.
 */
export function createCenternetHead(labels: readonly (string | null)[], input: ImageSize): Head {
  return {
    decode(outputs, minConfidence) {
      const [peaks] = outputs;
      const fits =
        peaks !== undefined &&
        peaks.shape[2] === VALUES &&
        peaks.values.length === (peaks.shape[1] ?? 0) * VALUES;
      if (!fits) throw unexpectedShapes('centernet', outputs);
      return suppressNonMaxima(collectCandidates(peaks, labels, input, minConfidence), {
        maxIntersectionOverUnion: 0.5,
        maxCount: MAX_DETECTIONS,
      });
    },
  };
}

function collectCandidates(
  { values }: RawOutput,
  labels: readonly (string | null)[],
  input: ImageSize,
  minConfidence: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (let peak = 0; peak < values.length; peak += VALUES) {
    const confidence = values[peak + 4] ?? Number.NaN;
    const classIndex = values[peak + 5] ?? Number.NaN;
    if (!(confidence >= minConfidence) || typeof labels[classIndex] !== 'string') continue;
    const candidate = {
      classIndex,
      confidence,
      left: (values[peak] ?? Number.NaN) / input.width,
      top: (values[peak + 1] ?? Number.NaN) / input.height,
      right: (values[peak + 2] ?? Number.NaN) / input.width,
      bottom: (values[peak + 3] ?? Number.NaN) / input.height,
    };
    // What is not a number is not greater than anything.
    if (candidate.right > candidate.left && candidate.bottom > candidate.top) candidates.push(candidate);
  }
  return candidates;
}
