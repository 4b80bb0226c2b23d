/** A box that may show an object: edges in 0..1 of the model's input, and how sure the model is of its class. */
export interface Candidate {
  classIndex: number;
  confidence: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** When two boxes of one class count as the same object, and how many objects are wanted. */
export interface SuppressionLimits {
  /** Boxes whose intersection over union is above this (0..1) show the same object. */
  maxIntersectionOverUnion: number;
  maxCount: number;
}

/**
 * Keeps the best of those candidates of a class that show the same object; returns them best first.
 *
 * Greedy non-maximum suppression after Felzenszwalb, Girshick, McAllester, Ramanan, "Object Detection with
 * Discriminatively Trained Part-Based Models", TPAMI 2010, section 5.2, applied to each class for itself;
 * the overlap is the intersection over union of the PASCAL VOC challenge.
 */
export function suppressNonMaxima(candidates: readonly Candidate[], limits: SuppressionLimits): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.length >= limits.maxCount) break;
    const isCovered = kept.some(
      (better) =>
        better.classIndex === candidate.classIndex &&
        intersectionOverUnion(better, candidate) > limits.maxIntersectionOverUnion,
    );
    if (!isCovered) kept.push(candidate);
  }
  return kept;
}

function intersectionOverUnion(a: Candidate, b: Candidate): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  return intersection / (area(a) + area(b) - intersection);
}

function area(box: Candidate): number {
  return (box.right - box.left) * (box.bottom - box.top);
}
