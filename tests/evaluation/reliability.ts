/** A confidence (0..1), and whether what it was of proved true. */
export interface Judgement {
  confidence: number;
  isTrue: boolean;
}

/** The judgements whose confidence lies from `from` until before the next bin. */
export interface ReliabilityBin {
  from: number;
  count: number;
  meanConfidence: number;
  /** Part of them that proved true: of a calibrated confidence, near the mean. */
  trueShare: number;
}

/** How far confidences can be taken for probabilities, and how well they tell what is true from what is not. */
export interface Reliability {
  bins: ReliabilityBin[];
  /** Expected calibration error: the mean distance of a bin's two figures, weighted by its count. */
  calibrationError: number;
  /** Mean squared distance from the truth (Brier score): 0.25 for saying a half of everything. */
  brierScore: number;
  /** Area under the ROC curve: how often something true has a greater confidence than something that is not. */
  areaUnderCurve: number;
}

/** Judges confidences in `binCount` bins of equal width; bins that are empty are left out. */
export function judgeReliability(judgements: readonly Judgement[], binCount: number): Reliability {
  const grouped = Map.groupBy(judgements, ({ confidence }) =>
    Math.min(binCount - 1, Math.floor(confidence * binCount)),
  );
  const bins = [...grouped]
    .toSorted(([one], [other]) => one - other)
    .map(([bin, members]) => ({
      from: bin / binCount,
      count: members.length,
      meanConfidence: mean(members.map(({ confidence }) => confidence)),
      trueShare: mean(members.map(({ isTrue }) => (isTrue ? 1 : 0))),
    }));
  const gaps = bins.map(
    ({ count, meanConfidence, trueShare }) => count * Math.abs(meanConfidence - trueShare),
  );
  return {
    bins,
    calibrationError: gaps.reduce((total, gap) => total + gap, 0) / judgements.length,
    brierScore: mean(judgements.map(({ confidence, isTrue }) => (confidence - (isTrue ? 1 : 0)) ** 2)),
    areaUnderCurve: areaUnderCurve(judgements),
  };
}

function areaUnderCurve(judgements: readonly Judgement[]): number {
  const positives = judgements.filter(({ isTrue }) => isTrue);
  const negatives = judgements.filter(({ isTrue }) => !isTrue);
  const wins = positives.flatMap((one) =>
    negatives.map((other) => (Math.sign(one.confidence - other.confidence) + 1) / 2),
  );
  return mean(wins);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
