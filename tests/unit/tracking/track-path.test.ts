import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { BoundingBox, TrackPoint } from '../../../src/results/results-document.ts';
import { createTrackPath, MAX_PATH_POINTS, PATH_TOLERANCE } from '../../../worker/tracking/track-path.ts';

const boxAt = (x: number, y: number): BoundingBox => ({ x, y, width: 0.1, height: 0.2 });

function simplify(sightings: readonly TrackPoint[]): TrackPoint[] {
  const path = createTrackPath();
  for (const { timestampMs, box } of sightings) path.add(timestampMs, box);
  return path.points();
}

/** By how much the worst corner of any sighting is off when it is interpolated from the points. */
function worstError(points: readonly TrackPoint[], sightings: readonly TrackPoint[]): number {
  const errors = sightings.map(({ timestampMs, box }) => {
    const before = points.findLast((point) => point.timestampMs <= timestampMs);
    const after = points.find((point) => point.timestampMs >= timestampMs);
    if (before === undefined || after === undefined) return Infinity;
    const span = after.timestampMs - before.timestampMs;
    const share = span === 0 ? 0 : (timestampMs - before.timestampMs) / span;
    const off = (side: 'x' | 'y') =>
      Math.abs(box[side] - before.box[side] - share * (after.box[side] - before.box[side]));
    return Math.max(off('x'), off('y'));
  });
  return Math.max(0, ...errors);
}

describe('the path of a track', () => {
  it('is the first and the last sight of what stands still or moves steadily', () => {
    const times = Array.from({ length: 1000 }, (_, index) => index * 40);
    const still = times.map((timestampMs) => ({ timestampMs, box: boxAt(0.3, 0.3) }));
    const steady = times.map((timestampMs) => ({ timestampMs, box: boxAt(timestampMs / 50_000, 0.3) }));
    expect(simplify(still)).toEqual([still[0], still.at(-1)]);
    expect(simplify(steady)).toEqual([steady[0], steady.at(-1)]);
    expect(simplify(still.slice(0, 1))).toEqual(still.slice(0, 1));
  });

  it('keeps the corners of a zigzag, and the missing samples of an uneven one do not bend it', () => {
    const corners = [0, 1000, 2000, 3000].map((timestampMs, index) => ({
      timestampMs,
      box: boxAt(0.1 * index, index % 2 === 0 ? 0.1 : 0.6),
    }));
    const between = [250, 500, 1100, 1900, 2333].map((timestampMs) => {
      const index = Math.floor(timestampMs / 1000);
      const share = (timestampMs % 1000) / 1000;
      const y = index % 2 === 0 ? 0.1 + 0.5 * share : 0.6 - 0.5 * share;
      return { timestampMs, box: boxAt(0.1 * (index + share), y) };
    });
    const sightings = [...corners, ...between].toSorted((a, b) => a.timestampMs - b.timestampMs);
    expect(simplify(sightings)).toEqual(corners);
  });

  it('does not grow with the length of the track, and stays near the truth', () => {
    // Two hours at 25 samples a second, on a way that never repeats.
    const path = createTrackPath();
    const sightings = Array.from({ length: 180_000 }, (_, index) => ({
      timestampMs: index * 40,
      box: boxAt(0.4 + 0.3 * Math.sin(index / 2500), 0.4 + 0.3 * Math.cos(index / 2100)),
    }));
    for (const { timestampMs, box } of sightings) path.add(timestampMs, box);
    const points = path.points();
    // The tolerance alone would keep more.
    expect(points.length).toBe(MAX_PATH_POINTS);
    expect([points[0], points.at(-1)]).toEqual([sightings[0], sightings.at(-1)]);
    const seldom = sightings.filter((_, index) => index % 500 === 0);
    expect(worstError(points, seldom)).toBeLessThan(0.1);
  });

  it('consists of sightings in order of time, within the tolerance while there is room', () => {
    // Not fc.double, most of whose numbers are next to 0.
    const coordinate = fc.integer({ min: 0, max: 900 }).map((thousandths) => thousandths / 1000);
    const steps = fc.array(
      fc.record({ x: coordinate, y: coordinate, ms: fc.integer({ min: 1, max: 5000 }) }),
      {
        minLength: 1,
        maxLength: 120,
        size: 'max',
      },
    );
    fc.assert(
      fc.property(steps, fc.boolean(), (given, isSmooth) => {
        let timestampMs = 0;
        const sightings = given.map(({ x, y, ms }, index) => {
          timestampMs += ms;
          // Smooth ways bend little, so that few points are needed.
          return {
            timestampMs,
            box: isSmooth ? boxAt(0.4 + x / 100, 0.4 + Math.sin(index / 20) / 4) : boxAt(x, y),
          };
        });
        const points = simplify(sightings);
        expect(points.length).toBeLessThanOrEqual(MAX_PATH_POINTS);
        expect(sightings.filter((sighting) => points.some((point) => point.box === sighting.box))).toEqual(
          points,
        );
        expect(points[0]).toEqual(sightings[0]);
        expect(points.at(-1)).toEqual(sightings.at(-1));
        if (points.length < MAX_PATH_POINTS) {
          expect(worstError(points, sightings)).toBeLessThanOrEqual(PATH_TOLERANCE + 1e-9);
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
