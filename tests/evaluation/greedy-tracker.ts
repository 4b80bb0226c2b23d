import type { BoundingBox, Detection, TrackedDetection } from '../../src/results/results-document.ts';
import { intersectionOverUnion } from '../../worker/tracking/intersection-over-union.ts';

const MIN_OVERLAP = 0.3;
const MAX_MISSED_SAMPLES = 2;

interface LiveTrack {
  trackId: number;
  label: string;
  box: BoundingBox;
  missedSamples: number;
}

/**
 * The tracker that Foregsyte had before, to compare with: greedy matching by overlap with the last box, best pair first
 * (the "IOU tracker" of Bochinski et al., AVSS 2017, with a tolerance for missed samples).
 */
export function createGreedyTracker(): { add(detections: readonly Detection[]): TrackedDetection[] } {
  let lastId = 0;
  let live: LiveTrack[] = [];

  return {
    add(detections) {
      for (const track of live) track.missedSamples += 1;
      const pairs = detections.flatMap((detection) =>
        live
          .filter(({ label }) => label === detection.label)
          .map((track) => ({ detection, track, overlap: intersectionOverUnion(track.box, detection.box) })),
      );
      const matches = new Map<Detection, LiveTrack>();
      const taken = new Set<LiveTrack>();
      for (const { detection, track, overlap } of pairs.toSorted((a, b) => b.overlap - a.overlap)) {
        if (overlap < MIN_OVERLAP || matches.has(detection) || taken.has(track)) continue;
        matches.set(detection, track);
        taken.add(track);
      }
      const tracked = detections.map((detection) => {
        const { label, box } = detection;
        const track = matches.get(detection) ?? { trackId: (lastId += 1), label, box, missedSamples: 0 };
        if (!matches.has(detection)) live.push(track);
        track.box = box;
        track.missedSamples = 0;
        return { ...detection, trackId: track.trackId };
      });
      live = live.filter(({ missedSamples }) => missedSamples <= MAX_MISSED_SAMPLES);
      return tracked;
    },
  };
}
