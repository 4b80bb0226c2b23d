import type { BoundingBox, TextLine } from '../../src/results/results-document.ts';
import { likenessOf } from './same-text.ts';

/** The readings of one text. */
export interface TextReadings {
  add(line: TextLine): void;
  /** The credible reading that is best supported; null when none is credible. */
  best(): BestReading | null;
}

/** What a text is taken to say. All confidences are 0..1. */
export interface BestReading {
  text: string;
  /** Greatest confidence of this very text, and where that reading of it stood. */
  confidence: number;
  box: BoundingBox;
  /** Mean confidence of this very text, to four decimals. */
  recognitionConfidence: number;
  /** Mean detection confidence of all readings, to four decimals; missing when none has one. */
  detectionConfidence?: number;
}

interface Reading {
  line: TextLine;
  count: number;
  /** Sum of the confidences. */
  support: number;
}

/** More different readings than these are not kept: an unsteady text could have one for every frame. */
const MAX_READINGS = 32;
/** Least confidence of a reading that no other one bears out. */
const SURE_ALONE = 0.75;

/**
 * Collects them, beginning with the first. The text with the greatest sum of confidences, times its length, wins: a
 * misreading may be sure of itself, but seldom comes twice, and what could be read of a text at the edge of the picture is
 * shorter than all of it. Where there are too many, one that came seldom, and long ago, makes room for the new one.
 * Credible is what was read surely, or twice with equal letters and digits. A reading with the very confidence and box of the
 * one before is the same picture again, and tells nothing new.
 */
export function createTextReadings(): TextReadings {
  const readings = new Map<string, Reading>();
  let last: TextLine | undefined;
  const detection = { count: 0, sum: 0 };
  return {
    add(line) {
      const repeated = last !== undefined && isSameReading(last, line);
      last = line;
      if (repeated) return;
      if (line.detectionConfidence !== undefined) {
        detection.count += 1;
        detection.sum += line.detectionConfidence;
      }
      const known = readings.get(line.text);
      if (known === undefined && readings.size >= MAX_READINGS) makeRoom(readings);
      readings.set(line.text, known === undefined ? begin(line) : goOn(known, line));
    },
    best() {
      const all = [...readings.values()];
      const credible = all.filter((reading) => isCredible(reading, all));
      if (credible.length === 0) return null;
      const best = heaviest(credible);
      const { text, confidence, box } = best.line;
      return {
        text,
        confidence,
        box,
        recognitionConfidence: meanOf(best.support, best.count),
        ...(detection.count > 0 && { detectionConfidence: meanOf(detection.sum, detection.count) }),
      };
    },
  };
}

function begin(line: TextLine): Reading {
  return { line, count: 1, support: line.confidence };
}

function goOn({ line: before, count, support }: Reading, line: TextLine): Reading {
  return {
    line: line.confidence > before.confidence ? line : before,
    count: count + 1,
    support: support + line.confidence,
  };
}

/**
 * Removes the reading that was made least often, of several the one that was made first; but never the best one, which
 * may have come only once. A reading that comes again and again among ever new misreadings stays, however short it is.
 */
function makeRoom(readings: Map<string, Reading>): void {
  const all = [...readings.values()];
  const borneOut = all.filter(({ line, count }) => count > 1 || line.confidence >= SURE_ALONE);
  const best = heaviest(borneOut.length > 0 ? borneOut : all);
  const others = all.filter((reading) => reading !== best);
  readings.delete(others.reduce((one, other) => (other.count < one.count ? other : one)).line.text);
}

function heaviest(readings: readonly Reading[]): Reading {
  return readings.reduce((one, other) => (weightOf(other) > weightOf(one) ? other : one));
}

/** Whether a reading was sure, or was made twice, give or take what likenessOf makes nothing of. */
function isCredible({ line }: Reading, all: readonly Reading[]): boolean {
  if (line.confidence >= SURE_ALONE) return true;
  const agreeing = all.filter((other) => likenessOf(other.line.text, line.text) === 1);
  return agreeing.reduce((sum, { count }) => sum + count, 0) > 1;
}

function meanOf(sum: number, count: number): number {
  return Math.round((sum / count) * 1e4) / 1e4;
}

function weightOf({ line, support }: Reading): number {
  return support * line.text.length;
}

function isSameReading(a: TextLine, b: TextLine): boolean {
  const { x, y, width, height } = a.box;
  return (
    a.text === b.text &&
    a.confidence === b.confidence &&
    x === b.box.x &&
    y === b.box.y &&
    width === b.box.width &&
    height === b.box.height
  );
}
