import type { BoundingBox, TrackPoint } from '../../src/results/results-document.ts';

/** Most points of a path. */
export const MAX_PATH_POINTS = 64;
/** No edge of a box is off by more than this, in parts of the frame, unless the path would have too many points. */
export const PATH_TOLERANCE = 0.01;

/** Gathers where one object was; its memory does not grow with the object's time in the picture. */
export interface TrackPath {
  /** Sightings come in order of time. */
  add(timestampMs: number, box: BoundingBox): void;
  /** From the first sighting to the last; every point is a sighting as it was. */
  points(): TrackPoint[];
}

interface Sighting {
  point: TrackPoint;
  /** Greatest error of the points that were removed beside this one. */
  carriedError: number;
  /** Error of the path if this point were removed; infinite for the first and the last. */
  removalError: number;
}

/**
 * Simplifies a path while it grows: the point goes that linear interpolation between its neighbours, in time, replaces
 * best, as long as the error stays within the tolerance or there are too many points (SQUISH-E: Muckell et al.,
 * "Compression of trajectory data: a comprehensive evaluation and new approach", GeoInformatica 18, 2014).
 */
export function createTrackPath(): TrackPath {
  const kept: Sighting[] = [];

  const judge = (index: number): void => {
    const [before, sighting, after] = [kept[index - 1], kept[index], kept[index + 1]];
    if (before === undefined || sighting === undefined || after === undefined) return;
    sighting.removalError =
      sighting.carriedError + interpolationError(before.point, sighting.point, after.point);
  };

  const remove = (index: number): void => {
    const [removed] = kept.splice(index, 1);
    for (const neighbour of [kept[index - 1], kept[index]]) {
      if (neighbour === undefined || removed === undefined) continue;
      neighbour.carriedError = Math.max(neighbour.carriedError, removed.removalError);
    }
    judge(index - 1);
    judge(index);
  };

  return {
    add(timestampMs, box) {
      kept.push({ point: { timestampMs, box }, carriedError: 0, removalError: Infinity });
      judge(kept.length - 2);
      for (;;) {
        const cheapest = indexOfCheapest(kept);
        const error = kept[cheapest]?.removalError ?? Infinity;
        if (error > PATH_TOLERANCE && kept.length <= MAX_PATH_POINTS) return;
        remove(cheapest);
      }
    },

    points: () => kept.map(({ point }) => point),
  };
}

function indexOfCheapest(sightings: readonly Sighting[]): number {
  let cheapest = 0;
  let least = Infinity;
  for (const [index, { removalError }] of sightings.entries()) {
    if (removalError >= least) continue;
    least = removalError;
    cheapest = index;
  }
  return cheapest;
}

/** By how much the farthest edge of a box is off when it is interpolated from the boxes before and after it. */
function interpolationError(before: TrackPoint, point: TrackPoint, after: TrackPoint): number {
  const span = after.timestampMs - before.timestampMs;
  const share = span > 0 ? (point.timestampMs - before.timestampMs) / span : 0;
  const off = (edge: (box: BoundingBox) => number): number => {
    const from = edge(before.box);
    return Math.abs(edge(point.box) - from - share * (edge(after.box) - from));
  };
  return Math.max(
    off((box) => box.x),
    off((box) => box.y),
    off((box) => box.x + box.width),
    off((box) => box.y + box.height),
  );
}
