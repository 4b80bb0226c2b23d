import type { BoundingBox, TextLine } from '../../src/results/results-document.ts';

/** The readings of one text. */
export interface TextReadings {
  add(line: TextLine): void;
  /** The reading that is best supported. */
  best(): BestReading;
  /** How many readings are not a mere repetition of the one before. */
  independentCount(): number;
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

/**
 * Collects them, beginning with the first. The text with the greatest sum of confidences, times its length, wins: a
 * misreading may be sure of itself, but seldom comes twice, and what could be read of a text at the edge of the picture is
 * shorter than all of it. A reading with the very confidence and box of the one before is the same picture again,
 * and tells nothing new.
 */
export function createTextReadings(): TextReadings {
  const readings = new Map<string, Reading>();
  let last: TextLine | undefined;
  let independent = 0;
  const detection = { count: 0, sum: 0 };
  return {
    add(line) {
      const repeated = last !== undefined && isSameReading(last, line);
      last = line;
      if (repeated) return;
      independent += 1;
      if (line.detectionConfidence !== undefined) {
        detection.count += 1;
        detection.sum += line.detectionConfidence;
      }
      const known = readings.get(line.text);
      if (known === undefined) {
        if (readings.size < MAX_READINGS) {
          readings.set(line.text, { line, count: 1, support: line.confidence });
        }
        return;
      }
      known.count += 1;
      known.support += line.confidence;
      if (line.confidence > known.line.confidence) known.line = line;
    },
    best() {
      let best: Reading | undefined;
      for (const reading of readings.values()) {
        if (best === undefined || weightOf(reading) > weightOf(best)) best = reading;
      }
      if (best === undefined) throw new RangeError('There is no reading yet.');
      const { text, confidence, box } = best.line;
      return {
        text,
        confidence,
        box,
        recognitionConfidence: meanOf(best.support, best.count),
        ...(detection.count > 0 && { detectionConfidence: meanOf(detection.sum, detection.count) }),
      };
    },
    independentCount: () => independent,
  };
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
