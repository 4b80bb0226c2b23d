import type { Detection, TrackedDetection } from '../../src/results/results-document.ts';
import { createObjectTracker } from '../../worker/tracking/object-tracks.ts';
import { createGreedyTracker } from './greedy-tracker.ts';
import { sampleSprites, type SampledScene, type SamplingFaults } from './sample-sprites.ts';
import { SCENE_SIZE, type SpriteScene } from './sprite-scenes.ts';
import { scoreTracking, type TrackingScore } from './tracking-metrics.ts';

/** A tracker as far as it is judged. */
export interface JudgedTracker {
  add(
    frame: { frameIndex: number; timestampMs: number },
    detections: readonly Detection[],
  ): TrackedDetection[];
}

/** The trackers that are compared, each made anew for each video. */
export const TRACKERS = {
  old: (): JudgedTracker => {
    const tracker = createGreedyTracker();
    return { add: (_frame, detections) => tracker.add(detections) };
  },
  new: (size = SCENE_SIZE): JudgedTracker => createObjectTracker(size),
} as const;

/** How a tracker does on frames whose truth is known. */
export function judgeTracker(tracker: JudgedTracker, frames: readonly SampledScene[]): TrackingScore {
  return scoreTracking(
    frames.map(({ truth, detections, frameIndex, timestampMs }) => ({
      truth,
      answer: tracker
        .add({ frameIndex, timestampMs }, detections)
        .map(({ trackId, box }) => ({ id: trackId, box })),
    })),
  );
}

/** The same over several seeds: counts are summed up, shares are means. */
export function judgeOverSeeds(
  makeTracker: () => JudgedTracker,
  scene: SpriteScene,
  faults: Omit<SamplingFaults, 'seed'>,
  seeds: number,
): TrackingScore {
  const scores = Array.from({ length: seeds }, (_, index) =>
    judgeTracker(makeTracker(), sampleSprites(scene, { ...faults, seed: index + 1 })),
  );
  const sum = (valueOf: (score: TrackingScore) => number) =>
    scores.reduce((total, score) => total + valueOf(score), 0);
  return {
    identitySwitches: sum((score) => score.identitySwitches),
    fragmentations: sum((score) => score.fragmentations),
    mota: sum((score) => score.mota) / seeds,
    idf1: sum((score) => score.idf1) / seeds,
    objects: sum((score) => score.objects),
    tracks: sum((score) => score.tracks),
  };
}
