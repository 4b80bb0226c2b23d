import { join } from 'node:path';
import { modelsDirectory, readConfig } from '../../src/config.ts';
import { createSilentLogger } from '../../src/logger.ts';
import type { Detection } from '../../src/results/results-document.ts';
import { DEFAULT_MODEL } from '../../worker/detection/models/catalogue.ts';
import { createThreadDetector } from '../../worker/detection/tensorflow/thread-detector.ts';
import { detectorFrames } from '../helpers/detector-frames.ts';
import { neverAborted, probe } from '../helpers/video-tools.ts';
import { TRACKERS } from './judge-tracker.ts';

/** What one tracker made of a video at one rate. */
export interface RealTracking {
  samplesPerSecond: number;
  tracker: string;
  detections: number;
  tracks: number;
  seenOnce: number;
  /** Mean time from a track's first sight to its last, in seconds. */
  meanSeconds: number;
  /** Times that an object was missed for a sample or more and found again as the same. */
  bridgedGaps: number;
}

const MIN_CONFIDENCE = 0.5;

interface DetectedFrame {
  frameIndex: number;
  timestampMs: number;
  detections: Detection[];
}

/** Detects objects with the default model, once for each rate, and tracks them with both trackers. */
export async function trackRealVideo(path: string, rates: readonly number[]): Promise<RealTracking[]> {
  const { media } = await probe(path);
  const rows: RealTracking[] = [];
  for (const samplesPerSecond of rates) {
    const frames = await detectFrames(path, samplesPerSecond);
    for (const [tracker, make] of Object.entries(TRACKERS)) {
      rows.push({ samplesPerSecond, tracker, ...describeTracks(make(media), frames) });
    }
  }
  return rows;
}

/** The default model's detections on the sampled frames of a video. */
export async function detectFrames(path: string, samplesPerSecond: number): Promise<DetectedFrame[]> {
  const modelDirectory = join(modelsDirectory(readConfig()), DEFAULT_MODEL);
  const logger = createSilentLogger();
  const settings = { modelDirectory, backend: 'wasm', threads: 1, stallMs: 60_000, logger } as const;
  const detector = await createThreadDetector(settings);
  try {
    const frames: DetectedFrame[] = [];
    const extraction = detectorFrames(path, detector.info.input, samplesPerSecond);
    for await (const { frameIndex, timestampMs, frame } of extraction) {
      const seen = await detector.detect([frame], MIN_CONFIDENCE, neverAborted());
      frames.push({ frameIndex, timestampMs, detections: seen.flatMap(({ detections }) => detections) });
    }
    return frames;
  } finally {
    await detector.close();
  }
}

function describeTracks(
  tracker: ReturnType<(typeof TRACKERS)[keyof typeof TRACKERS]>,
  frames: readonly DetectedFrame[],
): Omit<RealTracking, 'samplesPerSecond' | 'tracker'> {
  const sightings = new Map<number, { sample: number; ms: number }[]>();
  for (const [sample, frame] of frames.entries()) {
    for (const { trackId } of tracker.add(frame, frame.detections)) {
      const ofTrack = sightings.get(trackId) ?? [];
      sightings.set(trackId, ofTrack);
      ofTrack.push({ sample, ms: frame.timestampMs });
    }
  }
  const tracks = [...sightings.values()];
  const lengths = tracks.map((seen) => (seen.at(-1)?.ms ?? 0) - (seen[0]?.ms ?? 0));
  const gaps = tracks.flatMap((seen) =>
    seen.filter(({ sample }, index) => index > 0 && sample - (seen[index - 1]?.sample ?? 0) > 1),
  );
  return {
    detections: frames.reduce((sum, { detections }) => sum + detections.length, 0),
    tracks: tracks.length,
    seenOnce: tracks.filter((seen) => seen.length === 1).length,
    meanSeconds: lengths.reduce((sum, ms) => sum + ms, 0) / 1000 / Math.max(1, tracks.length),
    bridgedGaps: gaps.length,
  };
}
