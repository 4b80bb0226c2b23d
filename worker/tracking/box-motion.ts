import type { BoundingBox } from '../../src/results/results-document.ts';

/** Standard deviation of a detected box's centre and sides, in box sizes: as in DeepSORT. */
const MEASUREMENT_DEVIATION = 0.05;
/** Standard deviation of the speed of an object that was seen once, in box sizes a second. */
const FIRST_SPEED_DEVIATION = 1;
/** By how much a speed changes within a second, as a standard deviation in box sizes a second. */
const SPEED_DRIFT = 0.5;
/** By how much a side changes within a second, as a standard deviation in box sizes. */
const SIDE_DRIFT = 0.2;

/** One coordinate with its rate of change: a Kalman filter of two states, so that no matrices are needed. */
interface MovingAxis {
  position: number;
  speed: number;
  positionVariance: number;
  covariance: number;
  speedVariance: number;
}

/** One side of the box, which may change but has no direction in which it does. */
interface DriftingSide {
  length: number;
  variance: number;
}

/** Where a box is expected, and how far a detection lies from that. */
export interface BoxPrediction {
  box: BoundingBox;
  /** Distance of a box's centre from the expected one, in box sizes. */
  centreDistance(box: BoundingBox): number;
  /** Squared Mahalanobis distance of a box's centre and sides from the expected: four degrees of freedom. */
  squaredDistance(box: BoundingBox): number;
}

/** Follows the movement of one box. */
export interface BoxMotion {
  /** Where the box is expected `seconds` after the last `correct`. */
  predict(seconds: number): BoxPrediction;
  /** Takes the box that was detected `seconds` after the last one. */
  correct(seconds: number, box: BoundingBox): void;
  /** How far a box's centre lies behind where this one was last, against its movement, in box sizes; less than 0 before it. */
  setback(box: BoundingBox): number;
  /** The motion of a box that was seen where this one was seen last, and never before: nothing is known of its speed. */
  restarted(): BoxMotion;
}

/**
 * A Kalman filter with constant velocity for the centre and a random walk for the sides, over true differences of time
 * (SORT: Bewley et al., ICIP 2016; deviations relative to the box as in DeepSORT:
 * Wojke et al., ICIP 2017). The coordinates do not depend on each other, so each has a small filter of its own. A box's
 * size is the geometric mean of its sides. `aspectRatio` is the frame's width by its height: distances are counted in
 * frame heights.
 */
export function createBoxMotion(first: BoundingBox, aspectRatio: number): BoxMotion {
  const start = toCentre(first, aspectRatio);
  let last = first;
  let size = sizeOf(start);
  let x = restingAxis(start.x, size);
  let y = restingAxis(start.y, size);
  let width = firstSide(start.width, size);
  let height = firstSide(start.height, size);

  const predictAll = (seconds: number) => ({
    x: moveAxis(x, seconds, size),
    y: moveAxis(y, seconds, size),
    width: driftSide(width, seconds, size),
    height: driftSide(height, seconds, size),
  });

  return {
    predict(seconds) {
      const expected = predictAll(seconds);
      const noise = (MEASUREMENT_DEVIATION * size) ** 2;
      return {
        box: {
          x: (expected.x.position - width.length / 2) / aspectRatio,
          y: expected.y.position - height.length / 2,
          width: width.length / aspectRatio,
          height: height.length,
        },
        centreDistance(box) {
          const seen = toCentre(box, aspectRatio);
          return Math.hypot(seen.x - expected.x.position, seen.y - expected.y.position) / size;
        },
        squaredDistance(box) {
          const seen = toCentre(box, aspectRatio);
          return (
            (seen.x - expected.x.position) ** 2 / (expected.x.positionVariance + noise) +
            (seen.y - expected.y.position) ** 2 / (expected.y.positionVariance + noise) +
            (seen.width - width.length) ** 2 / (expected.width.variance + noise) +
            (seen.height - height.length) ** 2 / (expected.height.variance + noise)
          );
        },
      };
    },

    correct(seconds, box) {
      last = box;
      const expected = predictAll(seconds);
      const seen = toCentre(box, aspectRatio);
      const noise = (MEASUREMENT_DEVIATION * size) ** 2;
      x = correctAxis(expected.x, seen.x, noise);
      y = correctAxis(expected.y, seen.y, noise);
      width = correctSide(expected.width, seen.width, noise);
      height = correctSide(expected.height, seen.height, noise);
      size = sizeOf({ width: width.length, height: height.length });
    },

    setback(box) {
      const seen = toCentre(box, aspectRatio);
      const pace = Math.hypot(x.speed, y.speed);
      const against = (x.position - seen.x) * x.speed + (y.position - seen.y) * y.speed;
      return pace === 0 ? 0 : against / pace / size;
    },

    restarted: () => createBoxMotion(last, aspectRatio),
  };
}

interface Centred {
  x: number;
  y: number;
  width: number;
  height: number;
}

function toCentre({ x, y, width, height }: BoundingBox, aspectRatio: number): Centred {
  return {
    x: (x + width / 2) * aspectRatio,
    y: y + height / 2,
    width: width * aspectRatio,
    height,
  };
}

function sizeOf({ width, height }: { width: number; height: number }): number {
  // Never 0, which would make every detection infinitely far.
  return Math.max(1e-4, Math.sqrt(Math.max(0, width * height)));
}

function restingAxis(position: number, size: number): MovingAxis {
  return {
    position,
    speed: 0,
    positionVariance: (MEASUREMENT_DEVIATION * size) ** 2,
    covariance: 0,
    speedVariance: (FIRST_SPEED_DEVIATION * size) ** 2,
  };
}

function firstSide(length: number, size: number): DriftingSide {
  return { length, variance: (MEASUREMENT_DEVIATION * size) ** 2 };
}

/** Acceleration as white noise: the variances grow with the first, second and third power of time. */
function moveAxis(axis: MovingAxis, seconds: number, size: number): MovingAxis {
  const drift = (SPEED_DRIFT * size) ** 2;
  const { position, speed, positionVariance, covariance, speedVariance } = axis;
  return {
    position: position + speed * seconds,
    speed,
    positionVariance:
      positionVariance + 2 * seconds * covariance + seconds ** 2 * speedVariance + (drift * seconds ** 3) / 3,
    covariance: covariance + seconds * speedVariance + (drift * seconds ** 2) / 2,
    speedVariance: speedVariance + drift * seconds,
  };
}

function driftSide({ length, variance }: DriftingSide, seconds: number, size: number): DriftingSide {
  return { length, variance: variance + (SIDE_DRIFT * size) ** 2 * seconds };
}

function correctAxis(axis: MovingAxis, seen: number, noise: number): MovingAxis {
  const innovation = seen - axis.position;
  const spread = axis.positionVariance + noise;
  const [gain, speedGain] = [axis.positionVariance / spread, axis.covariance / spread];
  return {
    position: axis.position + gain * innovation,
    speed: axis.speed + speedGain * innovation,
    positionVariance: (1 - gain) * axis.positionVariance,
    covariance: (1 - gain) * axis.covariance,
    speedVariance: axis.speedVariance - speedGain * axis.covariance,
  };
}

function correctSide(side: DriftingSide, seen: number, noise: number): DriftingSide {
  const gain = side.variance / (side.variance + noise);
  return { length: side.length + gain * (seen - side.length), variance: (1 - gain) * side.variance };
}
