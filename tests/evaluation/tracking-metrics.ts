import type { BoundingBox } from '../../src/results/results-document.ts';
import { assignPairs } from '../../worker/tracking/assign-pairs.ts';
import { intersectionOverUnion } from '../../worker/tracking/intersection-over-union.ts';

/** A box of the truth, or of a tracker's answer, and whose it is. */
export interface IdentifiedBox {
  id: number;
  box: BoundingBox;
}

/** One sampled frame as it was, and as a tracker understood it. */
export interface JudgedFrame {
  truth: readonly IdentifiedBox[];
  answer: readonly IdentifiedBox[];
}

/** How well a tracker did. */
export interface TrackingScore {
  /** Objects whose track id changed, counted at each change. */
  identitySwitches: number;
  /** Interruptions of objects: times that one was found again after it had been found and then missed. */
  fragmentations: number;
  /** 1 - (misses + false positives + identity switches) / boxes of the truth; can be negative. */
  mota: number;
  /** F1 of boxes with the right identity, under the best one-to-one mapping of track ids to objects: 0..1. */
  idf1: number;
  objects: number;
  tracks: number;
}

const MIN_OVERLAP = 0.5;

/**
 * CLEAR MOT (Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance", EURASIP JIVP 2008) with
 * boxes that overlap by half, and IDF1 (Ristani et al., "Performance measures and a data set for multi-target,
 * multi-camera tracking", ECCV workshops 2016).
 */
export function scoreTracking(frames: readonly JudgedFrame[]): TrackingScore {
  const lastTrackOf = new Map<number, number>();
  const wasFound = new Map<number, boolean>();
  const shared = new Map<number, Map<number, number>>();
  const tracks = new Set<number>();
  const counts = { truth: 0, answer: 0, found: 0, switches: 0, fragments: 0 };

  for (const { truth, answer } of frames) {
    counts.truth += truth.length;
    counts.answer += answer.length;
    for (const { id } of answer) tracks.add(id);
    const found = correspond(truth, answer, lastTrackOf);
    counts.found += found.size;
    for (const { id } of truth) {
      const track = found.get(id);
      if (track === undefined) {
        if (wasFound.has(id)) wasFound.set(id, false);
        continue;
      }
      if ((lastTrackOf.get(id) ?? track) !== track) counts.switches += 1;
      if (wasFound.get(id) === false) counts.fragments += 1;
      wasFound.set(id, true);
      lastTrackOf.set(id, track);
    }
    // IDF1 counts every overlap, whichever track CLEAR MOT chose for the object.
    for (const one of truth) {
      const ofObject = shared.get(one.id) ?? new Map<number, number>();
      shared.set(one.id, ofObject);
      for (const other of answer) {
        if (intersectionOverUnion(one.box, other.box) < MIN_OVERLAP) continue;
        ofObject.set(other.id, (ofObject.get(other.id) ?? 0) + 1);
      }
    }
  }

  const errors = counts.truth - counts.found + (counts.answer - counts.found) + counts.switches;
  const total = counts.truth + counts.answer;
  return {
    identitySwitches: counts.switches,
    fragmentations: counts.fragments,
    mota: counts.truth === 0 ? 1 : 1 - errors / counts.truth,
    idf1: total === 0 ? 1 : (2 * countBestMapping(shared, tracks)) / total,
    objects: shared.size,
    tracks: tracks.size,
  };
}

/** Which track each object of the frame has: the one it had if that still fits, else by the best assignment. */
function correspond(
  truth: readonly IdentifiedBox[],
  answer: readonly IdentifiedBox[],
  lastTrackOf: ReadonlyMap<number, number>,
): Map<number, number> {
  const found = new Map<number, number>();
  const taken = new Set<number>();
  for (const { id, box } of truth) {
    const kept = answer.find((one) => one.id === lastTrackOf.get(id) && !taken.has(one.id));
    if (kept === undefined || intersectionOverUnion(box, kept.box) < MIN_OVERLAP) continue;
    found.set(id, kept.id);
    taken.add(kept.id);
  }
  const openTruth = truth.filter(({ id }) => !found.has(id));
  const openAnswer = answer.filter(({ id }) => !taken.has(id));
  const distance = (one: IdentifiedBox, other: IdentifiedBox) => {
    const overlap = intersectionOverUnion(one.box, other.box);
    return overlap < MIN_OVERLAP ? undefined : 1 - overlap;
  };
  for (const { row, column } of assignPairs(openTruth, openAnswer, distance, 1)) found.set(row.id, column.id);
  return found;
}

/** Most boxes that can have the right identity when each track belongs to one object and each object to one track. */
function countBestMapping(
  shared: ReadonlyMap<number, ReadonlyMap<number, number>>,
  tracks: ReadonlySet<number>,
): number {
  const counts = [...shared.values()].flatMap((ofObject) => Array.from(ofObject.values()));
  const most = Math.max(0, ...counts);
  const boxesOf = (object: number, track: number) => shared.get(object)?.get(track) ?? 0;
  const pairs = assignPairs(
    [...shared.keys()],
    [...tracks],
    (object, track) => most - boxesOf(object, track),
    most,
  );
  return pairs.reduce((sum, { row, column }) => sum + boxesOf(row, column), 0);
}
