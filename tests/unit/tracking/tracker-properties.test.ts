import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Detection, TrackedDetection } from '../../../src/results/results-document.ts';
import { createObjectTracker } from '../../../worker/tracking/object-tracks.ts';

interface Frame {
  frameIndex: number;
  timestampMs: number;
  detections: Detection[];
}

const FRAME_SIZE = { width: 1920, height: 1080 };

/** Thousandths of the frame; not fc.double, most of whose numbers are next to 0. */
const share = (most: number) => fc.integer({ min: 0, max: most }).map((thousandths) => thousandths / 1000);

/** Frames of any times, with boxes anywhere, of no extent too, some twice: whatever a detector may say. */
const anyFrames = fc
  .array(
    fc.record({
      stepMs: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 20_000 })),
      detections: fc.array(
        fc.record({
          label: fc.constantFrom('person', 'car', 'dog'),
          confidence: fc.double({ min: 0.01, max: 1, noNaN: true }),
          box: fc.record({
            x: share(1000),
            y: share(1000),
            width: share(500),
            height: share(500),
          }),
        }),
        { maxLength: 6 },
      ),
    }),
    { maxLength: 30, size: 'max' },
  )
  .map((steps) => {
    let timestampMs = 0;
    return steps.map(({ stepMs, detections }, index): Frame => {
      timestampMs += stepMs;
      return { frameIndex: index * 3, timestampMs, detections };
    });
  });

function track(frames: readonly Frame[]) {
  const tracker = createObjectTracker(FRAME_SIZE);
  const tracked = frames.map((frame) => tracker.add(frame, frame.detections));
  return { tracker, tracked, tracks: tracker.tracks(), labels: tracker.labels() };
}

function check(property: (frames: Frame[]) => void): void {
  fc.assert(fc.property(anyFrames, property), { seed: 20_261_125, numRuns: 300 });
}

describe('the object tracker, whatever it is fed', () => {
  it('gives every detection, unchanged and in its place, one track of its label that has no other on the frame', () => {
    check((frames) => {
      const { tracked, tracks } = track(frames);
      const labelOf = new Map(tracks.map(({ trackId, label }) => [trackId, label]));
      for (const [index, detections] of tracked.entries()) {
        expect(detections).toMatchObject(frames[index]?.detections ?? []);
        expect(new Set(detections.map(({ trackId }) => trackId)).size).toBe(detections.length);
        for (const { trackId, label } of detections) expect(labelOf.get(trackId)).toBe(label);
      }
    });
  });

  it('numbers tracks from 1 in order of first appearance', () => {
    check((frames) => {
      const { tracked, tracks } = track(frames);
      const firstSights = [...new Set(tracked.flat().map(({ trackId }) => trackId))];
      expect(firstSights).toEqual(firstSights.map((_, index) => index + 1));
      expect(tracks.map(({ trackId }) => trackId)).toEqual(firstSights);
    });
  });

  it('says of every track what the frames say', () => {
    check((frames) => {
      const { tracked, tracks, labels } = track(frames);
      const sights = tracked.flatMap((detections, index) =>
        detections.map((detection) => ({ detection, frame: frames[index] })),
      );
      for (const one of tracks) {
        const own = sights.filter(({ detection }) => detection.trackId === one.trackId);
        const best = own.reduce((a, b) => (b.detection.confidence > a.detection.confidence ? b : a));
        expect(one).toMatchObject({
          firstSeenMs: own[0]?.frame?.timestampMs,
          lastSeenMs: own.at(-1)?.frame?.timestampMs,
          sampleCount: own.length,
          bestConfidence: best.detection.confidence,
          bestFrameIndex: best.frame?.frameIndex,
          bestBox: best.detection.box,
        });
        expect(one.path?.[0]).toEqual({ timestampMs: one.firstSeenMs, box: own[0]?.detection.box });
        expect(one.path?.at(-1)).toEqual({ timestampMs: one.lastSeenMs, box: own.at(-1)?.detection.box });
      }
      expect(labels.reduce((sum, { detectionCount }) => sum + detectionCount, 0)).toBe(sights.length);
      expect(labels.reduce((sum, { trackCount }) => sum + trackCount, 0)).toBe(tracks.length);
    });
  });

  it('comes to the same when it begins again from stored frames', () => {
    check((frames) => {
      const whole = track(frames);
      const done = Math.floor(frames.length / 2);
      const resumed = createObjectTracker(FRAME_SIZE);
      for (const [index, frame] of frames.slice(0, done).entries()) {
        // As they come back from storage: with the track ids of the first attempt, which must not matter.
        const stored = JSON.stringify(whole.tracked[index]);
        const detections: TrackedDetection[] = JSON.parse(stored);
        expect(JSON.stringify(resumed.add(frame, detections))).toBe(stored);
      }
      const rest = frames.slice(done).map((frame) => resumed.add(frame, frame.detections));
      expect(rest).toEqual(whole.tracked.slice(done));
      expect(JSON.stringify(resumed.tracks())).toBe(JSON.stringify(whole.tracks));
    });
  });
});
