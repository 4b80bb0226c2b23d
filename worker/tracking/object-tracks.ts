import type {
  BoundingBox,
  Detection,
  LabelSummary,
  ObjectTrack,
  TrackedDetection,
} from '../../src/results/results-document.ts';
import { intersectionOverUnion } from './intersection-over-union.ts';

/** Boxes that overlap less belong to different objects. */
const MIN_OVERLAP = 0.3;
/** A track may miss this many samples before it ends. */
const MAX_MISSED_SAMPLES = 2;

/** Where a frame stands in the video. */
export interface FramePosition {
  frameIndex: number;
  timestampMs: number;
}

/** Follows objects over sampled frames, which must come in order of time. */
export interface ObjectTracker {
  /** Gives each detection of the next frame its track. */
  add(frame: FramePosition, detections: readonly Detection[]): TrackedDetection[];
  /** All tracks so far, by id. */
  tracks(): ObjectTrack[];
  /** All tracks so far, summed up by label: most tracks first. */
  labels(): LabelSummary[];
}

interface LiveTrack {
  track: ObjectTrack;
  box: BoundingBox;
  missedSamples: number;
}

/**
 * Greedy matching by intersection over union, best pair first, between the tracks that live and the detections of
 * the next frame with the same label: the "IOU tracker" of Bochinski, Eiselein and Sikora, "High-Speed
 * tracking-by-detection without using image information" (AVSS 2017), with a tolerance for missed samples.
 */
export function createObjectTracker(): ObjectTracker {
  const all: ObjectTrack[] = [];
  let live: LiveTrack[] = [];

  const begin = (frame: FramePosition, detection: Detection): LiveTrack => {
    const track: ObjectTrack = {
      trackId: all.length + 1,
      label: detection.label,
      firstSeenMs: frame.timestampMs,
      lastSeenMs: frame.timestampMs,
      sampleCount: 0,
      bestConfidence: 0,
      bestFrameIndex: frame.frameIndex,
      bestBox: detection.box,
    };
    all.push(track);
    const begun = { track, box: detection.box, missedSamples: 0 };
    live.push(begun);
    return begun;
  };

  return {
    add(frame, detections) {
      for (const candidate of live) candidate.missedSamples += 1;
      const matches = matchGreedily(live, detections);
      const tracked = detections.map((detection) => {
        const match = matches.get(detection) ?? begin(frame, detection);
        extend(match, frame, detection);
        return { ...detection, trackId: match.track.trackId };
      });
      live = live.filter((candidate) => candidate.missedSamples <= MAX_MISSED_SAMPLES);
      return tracked;
    },

    tracks: () => [...all],
    labels: () => summarise(all),
  };
}

function extend(live: LiveTrack, frame: FramePosition, detection: Detection): void {
  const { track } = live;
  live.box = detection.box;
  live.missedSamples = 0;
  track.lastSeenMs = frame.timestampMs;
  track.sampleCount += 1;
  if (detection.confidence <= track.bestConfidence) return;
  track.bestConfidence = detection.confidence;
  track.bestFrameIndex = frame.frameIndex;
  track.bestBox = detection.box;
}

function matchGreedily(
  live: readonly LiveTrack[],
  detections: readonly Detection[],
): Map<Detection, LiveTrack> {
  const pairs = detections.flatMap((detection) =>
    live
      .filter(({ track }) => track.label === detection.label)
      .map((candidate) => ({
        detection,
        candidate,
        overlap: intersectionOverUnion(candidate.box, detection.box),
      })),
  );
  const matches = new Map<Detection, LiveTrack>();
  const taken = new Set<LiveTrack>();
  for (const { detection, candidate, overlap } of pairs.toSorted((a, b) => b.overlap - a.overlap)) {
    if (overlap < MIN_OVERLAP || matches.has(detection) || taken.has(candidate)) continue;
    matches.set(detection, candidate);
    taken.add(candidate);
  }
  return matches;
}

function summarise(tracks: readonly ObjectTrack[]): LabelSummary[] {
  const labels = Map.groupBy(tracks, (track) => track.label);
  return [...labels]
    .map(([label, ofLabel]) => ({
      label,
      trackCount: ofLabel.length,
      detectionCount: ofLabel.reduce((sum, track) => sum + track.sampleCount, 0),
      firstSeenMs: ofLabel.reduce((least, track) => Math.min(least, track.firstSeenMs), Infinity),
      lastSeenMs: ofLabel.reduce((most, track) => Math.max(most, track.lastSeenMs), 0),
      bestConfidence: ofLabel.reduce((best, track) => Math.max(best, track.bestConfidence), 0),
    }))
    .toSorted((a, b) => b.trackCount - a.trackCount || a.label.localeCompare(b.label, 'en'));
}
