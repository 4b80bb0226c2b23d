import type { BoundingBox } from '../../src/results/results-document.ts';
import { intersectionOverUnion } from '../../worker/tracking/intersection-over-union.ts';

/** What is really on a picture, or what a detector says is. Boxes in pixels of the picture. */
export interface LabelledBox {
  imageId: number;
  label: string;
  box: BoundingBox;
}

/** An object of the ground truth. */
export interface TrueObject extends LabelledBox {
  /** Stands for many objects: what is found in it is neither right nor wrong. */
  isCrowd: boolean;
}

/** A detection; confidence 0..1. */
export interface FoundObject extends LabelledBox {
  confidence: number;
}

/** Mean average precision, 0..1. */
export interface MeanAveragePrecision {
  /** Averaged over ten overlaps that a detection must have with an object: 0.5 to 0.95. */
  average: number;
  /** With an overlap of at least 0.5. */
  at50: number;
}

const OVERLAPS = Array.from({ length: 10 }, (_, index) => 0.5 + index * 0.05);
const RECALLS = Array.from({ length: 101 }, (_, index) => index / 100);
const MAX_DETECTIONS = 100;

/**
 * Mean average precision by the COCO definition for boxes of all sizes: at most 100 detections a picture and label,
 * precision interpolated at 101 recalls, averaged over the labels that have an object. (Lin et al., "Microsoft COCO:
 * Common Objects in Context", 2014; the rules of its detection challenge.) NaN without any object.
 */
export function meanAveragePrecision(
  truth: readonly TrueObject[],
  found: readonly FoundObject[],
): MeanAveragePrecision {
  const labels = new Set(truth.filter(({ isCrowd }) => !isCrowd).map(({ label }) => label));
  const perOverlap = OVERLAPS.map(() => [] as number[]);
  for (const label of labels) {
    const objects = truth.filter((one) => one.label === label);
    const detections = found.filter((one) => one.label === label);
    OVERLAPS.forEach((overlap, index) =>
      perOverlap[index]?.push(averagePrecision(objects, detections, overlap)),
    );
  }
  return { average: mean(perOverlap.map(mean)), at50: mean(perOverlap[0] ?? []) };
}

/** Of one label, at one overlap. */
function averagePrecision(
  objects: readonly TrueObject[],
  detections: readonly FoundObject[],
  overlap: number,
): number {
  const judged = groupByImage(detections).flatMap(([imageId, onImage]) =>
    judge(
      objects.filter((one) => one.imageId === imageId),
      onImage.toSorted((a, b) => b.confidence - a.confidence).slice(0, MAX_DETECTIONS),
      overlap,
    ),
  );
  const total = objects.filter(({ isCrowd }) => !isCrowd).length;
  let right = 0;
  const points = judged
    .toSorted((a, b) => b.confidence - a.confidence)
    .map(({ isRight }, index) => {
      right += isRight ? 1 : 0;
      return { recall: right / total, precision: right / (index + 1) };
    });
  // The precision at a recall is the best of that and any higher recall.
  for (let index = points.length - 2; index >= 0; index -= 1) {
    const point = points[index];
    if (point) point.precision = Math.max(point.precision, points[index + 1]?.precision ?? 0);
  }
  return mean(RECALLS.map((recall) => points.find((point) => point.recall >= recall)?.precision ?? 0));
}

/** Whether a detection shows an object. */
interface Judgement {
  confidence: number;
  isRight: boolean;
}

/** Which detections of one picture, best first, are right; those that a crowd explains are left out. */
function judge(
  objects: readonly TrueObject[],
  detections: readonly FoundObject[],
  overlap: number,
): Judgement[] {
  const taken = new Set<TrueObject>();
  return detections.flatMap(({ box, confidence }): Judgement[] => {
    let best: TrueObject | undefined;
    let bestOverlap = overlap;
    // Later objects win ties, as in the reference implementation.
    for (const object of objects) {
      if (object.isCrowd || taken.has(object)) continue;
      const own = intersectionOverUnion(box, object.box);
      if (own < bestOverlap) continue;
      bestOverlap = own;
      best = object;
    }
    if (best !== undefined) {
      taken.add(best);
      return [{ confidence, isRight: true }];
    }
    const isInCrowd = objects.some((one) => one.isCrowd && shareWithin(box, one.box) >= overlap);
    return isInCrowd ? [] : [{ confidence, isRight: false }];
  });
}

function groupByImage(found: readonly FoundObject[]): [number, FoundObject[]][] {
  return [...Map.groupBy(found, ({ imageId }) => imageId)];
}

/** What share of `box` lies in `crowd`. */
function shareWithin(box: BoundingBox, crowd: BoundingBox): number {
  const width = Math.min(box.x + box.width, crowd.x + crowd.width) - Math.max(box.x, crowd.x);
  const height = Math.min(box.y + box.height, crowd.y + crowd.height) - Math.max(box.y, crowd.y);
  return (Math.max(0, width) * Math.max(0, height)) / (box.width * box.height);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
