import type { BoundingBox, Detection } from '../../src/results/results-document.ts';
import { intersectionOverUnion } from '../../worker/tracking/intersection-over-union.ts';
import { mulberry32 } from '../helpers/mulberry32.ts';
import type { SpriteScene } from './sprite-scenes.ts';
import type { IdentifiedBox } from './tracking-metrics.ts';

/** What a detector that is not perfect makes of a scene. */
export interface SamplingFaults {
  samplesPerSecond: number;
  /** Standard deviation of each edge of a box, in parts of the box's side. */
  jitter: number;
  /** How likely an object is missed on a frame, 0..1, but never on more than `mostMissedInARow` frames running. */
  missProbability: number;
  mostMissedInARow: number;
  /** Mean number of boxes a frame where nothing is. */
  falsePositives: number;
  /** Samples come up to this much of a step late, as with variable frame rates: 0..1. */
  unevenness: number;
  /** Share of an object's box that another object before it may cover before it is missed: 0..1. */
  coveredUntilMissed: number;
  seed: number;
}

/** A good detector on a video of constant frame rate. */
export const NO_FAULTS: Omit<SamplingFaults, 'samplesPerSecond'> = {
  jitter: 0,
  missProbability: 0,
  mostMissedInARow: 0,
  falsePositives: 0,
  unevenness: 0,
  coveredUntilMissed: 1,
  seed: 1,
};

/** One sampled frame: what is there, and what the detector says. */
export interface SampledScene {
  frameIndex: number;
  timestampMs: number;
  truth: IdentifiedBox[];
  detections: Detection[];
}

/** Samples a scene; the same faults with the same seed give the same. */
export function sampleSprites(scene: SpriteScene, faults: SamplingFaults): SampledScene[] {
  const random = mulberry32(faults.seed);
  const missedInARow = new Map<number, number>();
  const count = Math.floor(scene.seconds * faults.samplesPerSecond);
  return Array.from({ length: count }, (_, frameIndex) => {
    const seconds = (frameIndex + random() * faults.unevenness) / faults.samplesPerSecond;
    const seen = scene.sprites.flatMap((sprite, index) => {
      const { label } = sprite;
      const box = sprite.boxAt(seconds);
      return box === undefined || isBehind(scene.wall, box) ? [] : [{ id: index + 1, label, box }];
    });
    const detections = seen.flatMap(({ id, label, box }, index) => {
      // Sprites with higher ids stand before the others.
      const covered = seen
        .slice(index + 1)
        .some((other) => coverage(box, other.box) > faults.coveredUntilMissed);
      const missed = missedInARow.get(id) ?? 0;
      const isMissed = random() < faults.missProbability && missed < faults.mostMissedInARow;
      missedInARow.set(id, isMissed ? missed + 1 : 0);
      if (covered || isMissed) return [];
      return [{ label, confidence: 0.5 + random() / 2, box: shake(box, faults.jitter, random) }];
    });
    for (let left = faults.falsePositives; random() < left; left -= 1) {
      const box = {
        x: random() * 0.9,
        y: random() * 0.8,
        width: 0.02 + random() * 0.08,
        height: 0.05 + random() * 0.15,
      };
      detections.push({ label: 'person', confidence: 0.5 + random() / 4, box });
    }
    const truth = seen.map(({ id, box }) => ({ id, box }));
    // Detectors answer with the most confident first, not in an order that tells who is who.
    detections.sort((a, b) => b.confidence - a.confidence);
    return { frameIndex, timestampMs: Math.round(seconds * 1000), truth, detections };
  });
}

function isBehind(wall: SpriteScene['wall'], box: BoundingBox): boolean {
  const centre = box.x + box.width / 2;
  return wall !== undefined && centre > wall.fromX && centre < wall.toX;
}

/** Share of `box` that `other` covers. */
function coverage(box: BoundingBox, other: BoundingBox): number {
  const overlap = intersectionOverUnion(box, other);
  const [area, otherArea] = [box.width * box.height, other.width * other.height];
  return (overlap * (area + otherArea)) / ((1 + overlap) * area);
}

/** Moves each edge by a normally distributed part of the side. */
function shake(box: BoundingBox, jitter: number, random: () => number): BoundingBox {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * jitter;
  const [left, right] = [normal() * box.width, normal() * box.width];
  const [top, bottom] = [normal() * box.height, normal() * box.height];
  return {
    x: box.x + left,
    y: box.y + top,
    width: Math.max(box.width / 4, box.width - left + right),
    height: Math.max(box.height / 4, box.height - top + bottom),
  };
}
