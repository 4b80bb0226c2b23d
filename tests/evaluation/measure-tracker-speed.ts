import { TRACKERS } from './judge-tracker.ts';
import { NO_FAULTS, sampleSprites } from './sample-sprites.ts';
import { crowd } from './sprite-scenes.ts';

/** What one tracker takes for one frame. */
export interface TrackerSpeed {
  tracker: string;
  objects: number;
  microseconds: number;
  /** Of the time that passes in the video, at 60 samples a second. */
  share: number;
}

const RUNS = 10;
const SAMPLES_PER_SECOND = 60;
const SECONDS = 5;

/** Times both trackers on crowds, five seconds long. */
export function measureTrackerSpeed(): TrackerSpeed[] {
  return [10, 100].flatMap((objects) => {
    const scene = { ...crowd(objects), seconds: SECONDS };
    const faults = { ...NO_FAULTS, jitter: 0.03, missProbability: 0.1, mostMissedInARow: 2 };
    const frames = sampleSprites(scene, { ...faults, samplesPerSecond: SAMPLES_PER_SECOND });
    return Object.entries(TRACKERS).map(([tracker, make]) => {
      const times = Array.from({ length: RUNS }, () => {
        const subject = make();
        const started = performance.now();
        for (const frame of frames) subject.add(frame, frame.detections);
        return (performance.now() - started) / frames.length;
      });
      const milliseconds = times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
      const share = (milliseconds * SAMPLES_PER_SECOND) / 1000;
      return { tracker, objects, microseconds: milliseconds * 1000, share };
    });
  });
}
