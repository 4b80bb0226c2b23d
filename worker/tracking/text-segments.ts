import type { BoundingBox, TextLine, TextSegment } from '../../src/results/results-document.ts';
import { intersectionOverUnion } from './intersection-over-union.ts';
import { isPartOf, likenessOf } from './same-text.ts';
import { isWithinReach } from './text-reach.ts';
import { createTextReadings, type TextReadings } from './text-readings.ts';

/** A text may be missed on one sample, or on all samples of this time, before its segment ends. */
const MAX_MISSED_SAMPLES = 1;
const MAX_MISSED_MS = 1_000;
/** Different readings of one text stand in one place; equal ones may have moved as far as isWithinReach says. */
const MIN_OVERLAP = 0.3;
/** How near to the edge a text is cut off by it, in parts of the frame. */
const EDGE = 0.03;
/** How alike parts of a text are that is cut off: less than readings of all of it. */
const CUT_OFF = 0.5;

/** Follows lines of text over sampled frames, which must come in order of time. */
export interface TextSegmenter {
  add(timestampMs: number, texts: readonly TextLine[]): void;
  /** All segments so far, by first appearance. */
  segments(): TextSegment[];
}

interface Followed {
  /** How many were followed before it. */
  order: number;
  readings: TextReadings;
  startMs: number;
  endMs: number;
  sampleCount: number;
  /** How it was read last. */
  line: TextLine;
  missedSamples: number;
}

/** What is left of a text that is followed no more. */
interface Finished {
  order: number;
  segment: TextSegment;
}

/**
 * Joins readings of one text on neighbouring samples to a segment: those with equal letters and digits, as far apart as a
 * text can move meanwhile (see isWithinReach), those that are nearly equal and overlap (see likenessOf), and those that are
 * parts of a text which passes the edge. Of several candidates, the most alike come together, and then the nearest, so that
 * a text that stands in two places makes two segments. A segment says what was read best, and is left out when no reading
 * was sure or borne out by an equal one. Of a text that has ended, only its segment is kept.
 */
export function createTextSegmenter(): TextSegmenter {
  const finished: Finished[] = [];
  let live: Followed[] = [];
  let begunCount = 0;

  const begin = (timestampMs: number, line: TextLine): Followed => {
    const begun = {
      order: begunCount,
      readings: createTextReadings(),
      startMs: timestampMs,
      endMs: timestampMs,
      sampleCount: 0,
      line,
      missedSamples: 0,
    };
    begunCount += 1;
    live.push(begun);
    return begun;
  };

  return {
    add(timestampMs, texts) {
      for (const followed of live) followed.missedSamples += 1;
      const lines = withoutDoubles(texts);
      const matches = matchLines(live, lines, timestampMs);
      for (const line of lines) {
        const followed = matches.get(line) ?? begin(timestampMs, line);
        followed.readings.add(line);
        followed.sampleCount += 1;
        followed.endMs = timestampMs;
        followed.line = line;
        followed.missedSamples = 0;
      }
      const isOver = ({ missedSamples, endMs }: Followed): boolean =>
        missedSamples > MAX_MISSED_SAMPLES && timestampMs - endMs > MAX_MISSED_MS;
      finished.push(...live.filter(isOver).flatMap(finish));
      live = live.filter((followed) => !isOver(followed));
    },

    segments: () =>
      [...finished, ...live.flatMap(finish)]
        .toSorted((a, b) => a.order - b.order)
        .map(({ segment }) => segment),
  };
}

/** Without lines that were read twice in one place: the surer reading counts. */
function withoutDoubles(texts: readonly TextLine[]): TextLine[] {
  const kept: TextLine[] = [];
  for (const line of texts.toSorted((a, b) => b.confidence - a.confidence)) {
    const isDouble = kept.some(
      (other) =>
        likenessOf(other.text, line.text) > 0 && intersectionOverUnion(other.box, line.box) >= MIN_OVERLAP,
    );
    if (!isDouble) kept.push(line);
  }
  return texts.filter((line) => kept.includes(line));
}

/** One line for each of those that are followed, at most, and the other way round. */
function matchLines(
  live: readonly Followed[],
  texts: readonly TextLine[],
  timestampMs: number,
): Map<TextLine, Followed> {
  const pairs = texts.flatMap((line) =>
    live
      .map((followed) => ({
        line,
        followed,
        likeness: likenessOfLines(followed.line, line),
        apart: distanceBetween(followed.line.box, line.box),
      }))
      .filter(({ likeness, followed: { line: before, endMs } }) => {
        if (likeness === 0) return false;
        if (intersectionOverUnion(before.box, line.box) >= MIN_OVERLAP) return true;
        const mayMove = likeness === 1 || likeness === CUT_OFF;
        return mayMove && isWithinReach(before.box, line.box, timestampMs - endMs);
      }),
  );
  const matches = new Map<TextLine, Followed>();
  const taken = new Set<Followed>();
  for (const { line, followed } of pairs.toSorted((a, b) => b.likeness - a.likeness || a.apart - b.apart)) {
    if (matches.has(line) || taken.has(followed)) continue;
    matches.set(line, followed);
    taken.add(followed);
  }
  return matches;
}

/** As likenessOf; of a text that passes the left or right edge of the picture, a part of it will do. */
function likenessOfLines(before: TextLine, after: TextLine): number {
  const likeness = likenessOf(before.text, after.text);
  if (likeness > 0 || !(touchesEdge(before.box) || touchesEdge(after.box))) return likeness;
  return isInRow(before.box, after.box) && isPartOf(before.text, after.text) ? CUT_OFF : 0;
}

function touchesEdge({ x, width }: BoundingBox): boolean {
  return x <= EDGE || x + width >= 1 - EDGE;
}

/** Whether two boxes overlap by half the lower one's height, as the words of a line do. */
function isInRow(a: BoundingBox, b: BoundingBox): boolean {
  const common = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return common >= Math.min(a.height, b.height) / 2;
}

/** Between the centres, in parts of the frame. */
function distanceBetween(a: BoundingBox, b: BoundingBox): number {
  return Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
}

/** What a text comes to; nothing when none of its readings is credible. */
function finish({ order, readings, startMs, endMs, sampleCount }: Followed): Finished[] {
  const best = readings.best();
  if (best === null) return [];
  const { text, confidence, box, ...confidences } = best;
  return [
    {
      order,
      segment: { text, startMs, endMs, sampleCount, bestConfidence: confidence, ...confidences, box },
    },
  ];
}
