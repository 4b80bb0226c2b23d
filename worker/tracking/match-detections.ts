import type { BoundingBox, Detection } from '../../src/results/results-document.ts';
import { assignPairs, type Pair } from './assign-pairs.ts';
import type { BoxMotion, BoxPrediction } from './box-motion.ts';
import { intersectionOverUnion } from './intersection-over-union.ts';

/** Least overlap of a detection with the expected box, in the first round. */
const MIN_OVERLAP = 0.3;
/** In the other rounds, 99 of 100 detections of an object lie nearer: the chi-squared quantile of four dimensions. */
const MAX_SQUARED_DISTANCE = 13.28;
/**
 * How far an object of unknown speed moves within a second at most, in box sizes, whatever the filter allows: a walking
 * person does 1.3, a car in a street 3.
 */
const MAX_FIRST_SPEED = 3;
/**
 * How far from the expected centre an object of known speed is after a second at most, in box sizes; see reach. And how far
 * one that has turned or stopped is from where it was last, after any time.
 */
const MAX_DEVIATION = 2;
/** How far it may have come back on its way, in box sizes: in a row of cars, what is farther back is the next car. */
const MAX_SETBACK = 1;
/** After so many seconds a movement tells nothing any more: only overlap counts. */
const MAX_EXTRAPOLATED_SECONDS = 4;

/** A track that can go on, and the time since it was last seen. */
export interface Waiting {
  label: string;
  motion: BoxMotion;
  secondsAgo: number;
  /** Its speed is not known yet. */
  wasSeenOnce: boolean;
}

interface Candidate<W> {
  waiting: W;
  expected: BoxPrediction;
}

/**
 * Pairs the tracks that wait with the detections of one frame, label by label, in three rounds of optimal assignment: by
 * overlap with the expected box, as SORT does; then, for what is left, by Mahalanobis distance within a gate, as
 * DeepSORT does; then by distance from where the object was last, as OC-SORT does ("observation-centric recovery": Cao et
 * al., CVPR 2023). The second finds small or quick objects whose boxes do not overlap from one sample to the next, which
 * is the rule at one sample a second; the third those that turned or stopped while they were missed.
 */
export function matchDetections<W extends Waiting>(
  waiting: readonly W[],
  detections: readonly Detection[],
): Map<Detection, W> {
  const matches = new Map<Detection, W>();
  const waitingByLabel = Map.groupBy(waiting, ({ label }) => label);
  for (const [label, ofLabel] of Map.groupBy(detections, (detection) => detection.label)) {
    for (const { row, column } of matchLabel(waitingByLabel.get(label) ?? [], ofLabel)) {
      matches.set(column, row.waiting);
    }
  }
  return matches;
}

function matchLabel<W extends Waiting>(
  waiting: readonly W[],
  detections: readonly Detection[],
): Pair<Candidate<W>, Detection>[] {
  const candidates = waiting.map((one) => ({
    waiting: one,
    expected: one.motion.predict(one.secondsAgo),
  }));
  const overlapping = assignPairs(candidates, detections, notOverlapping, 1 - MIN_OVERLAP);
  const afar = leftOver(candidates, detections, overlapping);
  const moved = assignPairs(afar.candidates, afar.detections, distanceIfMoved, MAX_SQUARED_DISTANCE);
  const lost = leftOver(afar.candidates, afar.detections, moved);
  const turned = assignPairs(lost.candidates, lost.detections, distanceIfTurned, MAX_SQUARED_DISTANCE);
  return [...overlapping, ...moved, ...turned];
}

/** What has no partner yet. */
function leftOver<W>(
  candidates: readonly Candidate<W>[],
  detections: readonly Detection[],
  pairs: readonly Pair<Candidate<W>, Detection>[],
) {
  const found = new Set(pairs.map(({ row }) => row));
  const explained = new Set(pairs.map(({ column }) => column));
  return {
    candidates: candidates.filter((candidate) => !found.has(candidate)),
    detections: detections.filter((detection) => !explained.has(detection)),
  };
}

function notOverlapping({ expected }: Candidate<Waiting>, { box }: Detection): number {
  return 1 - intersectionOverUnion(expected.box, box);
}

function distanceIfMoved({ waiting, expected }: Candidate<Waiting>, { box }: Detection): number | undefined {
  return distanceWithin(reach(waiting), waiting, expected, box);
}

function distanceIfTurned({ waiting }: Candidate<Waiting>, { box }: Detection): number | undefined {
  const { motion, secondsAgo } = waiting;
  if (motion.setback(box) > MAX_SETBACK) return undefined;
  return distanceWithin(MAX_DEVIATION, waiting, motion.restarted().predict(secondsAgo), box);
}

/** Squared Mahalanobis distance, if the centre is not farther off than `most` box sizes. */
function distanceWithin(
  most: number,
  { secondsAgo }: Waiting,
  expected: BoxPrediction,
  box: BoundingBox,
): number | undefined {
  if (secondsAgo > MAX_EXTRAPOLATED_SECONDS) return undefined;
  if (expected.centreDistance(box) > most) return undefined;
  return expected.squaredDistance(box);
}

/** Speeds add up with time, changes of a speed with its square root only. Shorter times reach as far as a second. */
function reach({ secondsAgo, wasSeenOnce }: Waiting): number {
  const seconds = Math.max(1, secondsAgo);
  return wasSeenOnce ? MAX_FIRST_SPEED * seconds : MAX_DEVIATION * Math.sqrt(seconds);
}
