import type { TextLine, TextSegment } from '../../src/results/results-document.ts';

/** A text may be missed on this many samples before its segment ends. */
const MAX_MISSED_SAMPLES = 1;

/** Follows lines of text over sampled frames, which must come in order of time. */
export interface TextSegmenter {
  add(timestampMs: number, texts: readonly TextLine[]): void;
  /** All segments so far, by first appearance. */
  segments(): TextSegment[];
}

interface LiveSegment {
  segment: TextSegment;
  missedSamples: number;
}

/**
 * Joins equal texts on neighbouring samples to segments. Texts are equal when they are after Unicode folding of
 * case and width, without white space and punctuation, which the engine reads unsteadily.
 */
export function createTextSegmenter(): TextSegmenter {
  const all: TextSegment[] = [];
  let live = new Map<string, LiveSegment>();

  const begin = (timestampMs: number, line: TextLine): LiveSegment => {
    const segment: TextSegment = {
      text: line.text,
      startMs: timestampMs,
      endMs: timestampMs,
      sampleCount: 0,
      bestConfidence: 0,
      box: line.box,
    };
    all.push(segment);
    return { segment, missedSamples: 0 };
  };

  return {
    add(timestampMs, texts) {
      for (const candidate of live.values()) candidate.missedSamples += 1;
      for (const line of texts) {
        const key = foldText(line.text);
        const known = live.get(key) ?? begin(timestampMs, line);
        live.set(key, known);
        // The same text twice on one frame is one sample.
        if (known.missedSamples > 0 || known.segment.sampleCount === 0) known.segment.sampleCount += 1;
        known.missedSamples = 0;
        known.segment.endMs = timestampMs;
        if (line.confidence <= known.segment.bestConfidence) continue;
        known.segment.bestConfidence = line.confidence;
        known.segment.text = line.text;
        known.segment.box = line.box;
      }
      live = new Map([...live].filter(([, { missedSamples }]) => missedSamples <= MAX_MISSED_SAMPLES));
    },

    segments: () => [...all],
  };
}

function foldText(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase();
  const letters = folded.replaceAll(/[^\p{L}\p{N}]/gu, '');
  // A text of signs alone is compared as it is.
  return letters === '' ? folded : letters;
}
