import { distance } from 'fastest-levenshtein';
import type { TextSegment } from '../../src/results/results-document.ts';
import { assignPairs } from '../../worker/tracking/assign-pairs.ts';

/** One text that a video shows from one time until before another, in milliseconds. */
export interface TrueText {
  text: string;
  startMs: number;
  endMs: number;
}

/** How well the segments of a video tell what it shows. */
export interface TextScore {
  truths: number;
  segments: number;
  matched: number;
  /** Characters of the matched truths, and by how many edits their readings differ. */
  characters: number;
  edits: number;
  /** For each match: how much later it begins, and how much earlier it is last seen, than it stood there. */
  startErrorsMs: number[];
  endErrorsMs: number[];
  /** Segments that no truth is matched with, and truths that no segment is. */
  noise: string[];
  missed: string[];
}

/** Texts that agree less are not readings of each other. */
const MIN_SIMILARITY = 0.5;
const NO_MATCH = 1;

/**
 * Matches segments and truths one to one, so that the sum of their similarities is the greatest there is. Similarity is 1
 * less the edit distance (Levenshtein) over the longer length, of texts whose white space was made even; a pair matches
 * when it is at least a half, and when both are there at one time, give or take `slackMs`.
 */
export function judgeTextSegments(
  truths: readonly TrueText[],
  segments: readonly TextSegment[],
  slackMs: number,
): TextScore {
  const score: TextScore = {
    truths: truths.length,
    segments: segments.length,
    matched: 0,
    characters: 0,
    edits: 0,
    startErrorsMs: [],
    endErrorsMs: [],
    noise: [],
    missed: [],
  };
  const pairs = assignPairs(
    truths,
    segments,
    (truth, segment) => unlikeness(truth, segment, slackMs),
    NO_MATCH,
  );
  for (const { row: truth, column: segment } of pairs) {
    score.matched += 1;
    score.characters += even(truth.text).length;
    score.edits += distance(even(truth.text), even(segment.text));
    score.startErrorsMs.push(segment.startMs - truth.startMs);
    score.endErrorsMs.push(truth.endMs - segment.endMs);
  }
  const found = new Set(pairs.map(({ row }) => row));
  const explained = new Set(pairs.map(({ column }) => column));
  score.noise = segments.filter((segment) => !explained.has(segment)).map(({ text }) => text);
  score.missed = truths.filter((truth) => !found.has(truth)).map(({ text }) => text);
  return score;
}

/** 1 less the similarity of a pair that may match. */
function unlikeness(truth: TrueText, segment: TextSegment, slackMs: number): number | undefined {
  const isAtOnce = segment.startMs <= truth.endMs + slackMs && segment.endMs >= truth.startMs - slackMs;
  const similarity = isAtOnce ? similarityOf(truth.text, segment.text) : 0;
  return similarity >= MIN_SIMILARITY ? NO_MATCH - similarity : undefined;
}

function similarityOf(one: string, other: string): number {
  const [a, b] = [even(one), even(other)];
  return 1 - distance(a, b) / Math.max(a.length, b.length, 1);
}

function even(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
