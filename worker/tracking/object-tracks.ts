import type {
  Detection,
  LabelSummary,
  ObjectTrack,
  TrackedDetection,
} from '../../src/results/results-document.ts';
import type { ImageSize } from '../fit-image.ts';
import { type BoxMotion, createBoxMotion } from './box-motion.ts';
import { matchDetections } from './match-detections.ts';
import { summariseLabels } from './summarise-labels.ts';
import { createTrackPath, type TrackPath } from './track-path.ts';

/** A track outlives this many milliseconds without a detection, however many samples they hold ... */
const PATIENCE_MS = 2000;
/** ... and this many missed samples, however long they took ... */
const PATIENCE_SAMPLES = 2;
/** ... up to this many milliseconds. */
const MAX_PATIENCE_MS = 10_000;

/** Where a frame stands in the video. */
export interface FramePosition {
  frameIndex: number;
  timestampMs: number;
}

/** Follows objects over sampled frames, which must come in order of time. */
export interface ObjectTracker {
  /** Gives each detection of the next frame its track. */
  add(frame: FramePosition, detections: readonly Detection[]): TrackedDetection[];
  /** Ends all tracks: the next frame is of another scene, and what it shows is not what was seen so far. */
  cut(): void;
  /** All tracks so far, by id. */
  tracks(): ObjectTrack[];
  /** All tracks so far, summed up by label: most tracks first. */
  labels(): LabelSummary[];
}

interface GrowingTrack {
  track: Omit<ObjectTrack, 'path'>;
  path: TrackPath;
}

interface LiveTrack extends GrowingTrack {
  motion: BoxMotion;
  missedSamples: number;
}

/**
 * SORT (A. Bewley, Z. Ge, L. Ott, F. Ramos, B. Upcroft, ICIP 2016): a Kalman filter for each box and an optimal assignment of
 * detections to tracks, with further rounds of DeepSORT and OC-SORT (see matchDetections). Unlike there, a track counts from its first detection, because at one sample a second some objects are seen once.
 * Tracks never change their label. `frameSize` is the displayed size of the frames, in whatever unit.
 * The memory of a track does not grow with its length.
 */
export function createObjectTracker(frameSize: ImageSize): ObjectTracker {
  const aspectRatio = frameSize.width / frameSize.height;
  const all: GrowingTrack[] = [];
  let live: LiveTrack[] = [];

  const begin = (frame: FramePosition, detection: Detection): LiveTrack => {
    const track = {
      trackId: all.length + 1,
      label: detection.label,
      firstSeenMs: frame.timestampMs,
      lastSeenMs: frame.timestampMs,
      sampleCount: 0,
      bestConfidence: 0,
      bestFrameIndex: frame.frameIndex,
      bestBox: detection.box,
    };
    const growing = { track, path: createTrackPath() };
    all.push(growing);
    const begun = { ...growing, motion: createBoxMotion(detection.box, aspectRatio), missedSamples: 0 };
    live.push(begun);
    return begun;
  };

  return {
    add(frame, detections) {
      live = live.filter((one) => hasPatience(one, frame.timestampMs));
      const waiting = live.map((one) => ({
        live: one,
        label: one.track.label,
        motion: one.motion,
        secondsAgo: (frame.timestampMs - one.track.lastSeenMs) / 1000,
        wasSeenOnce: one.track.sampleCount === 1,
      }));
      for (const one of live) one.missedSamples += 1;
      const matches = matchDetections(waiting, detections);
      return detections.map((detection) => {
        const match = matches.get(detection);
        match?.motion.correct(match.secondsAgo, detection.box);
        const extended = match?.live ?? begin(frame, detection);
        extend(extended, frame, detection);
        return { ...detection, trackId: extended.track.trackId };
      });
    },

    cut() {
      live = [];
    },

    tracks: () => all.map(({ track, path }) => ({ ...track, path: path.points() })),
    labels: () => summariseLabels(all.map(({ track }) => track)),
  };
}

/** Whether a track may still be found on a frame at `timestampMs`. */
function hasPatience({ track, missedSamples }: LiveTrack, timestampMs: number): boolean {
  const waitedMs = timestampMs - track.lastSeenMs;
  // Neighbouring samples belong together however far apart they are.
  if (missedSamples === 0 || waitedMs <= PATIENCE_MS) return true;
  return missedSamples <= PATIENCE_SAMPLES && waitedMs <= MAX_PATIENCE_MS;
}

function extend(live: LiveTrack, frame: FramePosition, detection: Detection): void {
  const { track, path } = live;
  live.missedSamples = 0;
  path.add(frame.timestampMs, detection.box);
  track.lastSeenMs = frame.timestampMs;
  track.sampleCount += 1;
  if (detection.confidence <= track.bestConfidence) return;
  track.bestConfidence = detection.confidence;
  track.bestFrameIndex = frame.frameIndex;
  track.bestBox = detection.box;
}
