import { distance } from 'fastest-levenshtein';

/** Edits, as a part of the longer text's characters, up to which two readings are of one text. */
const MAX_DIFFERENCE = 0.25;

/**
 * How alike two readings are, from 0 (different texts) to 1 (equal): 1 less the edit distance (Levenshtein) over the longer
 * length, after Unicode folding of case and width, without white space and punctuation, which the engine reads unsteadily.
 * Texts that differ by more than a quarter are different, and so are those with other digits in the same place: a clock
 * or a page number changes, and is not misread.
 */
export function likenessOf(one: string, other: string): number {
  const [a, b] = [foldText(one), foldText(other)];
  if (a === b) return 1;
  const difference = distance(a, b) / Math.max(a.length, b.length);
  return difference <= MAX_DIFFERENCE && agreeInDigits(a, b) ? 1 - difference : 0;
}

/** Characters that the visible part of a text must have to tell which one it is. */
const MIN_VISIBLE = 6;

/**
 * Whether one reading is the beginning or the end of the other, but for a quarter of its characters at most: what is read of
 * a text that passes the edge of the picture.
 */
export function isPartOf(one: string, other: string): boolean {
  const [part = '', whole = ''] = [foldText(one), foldText(other)].toSorted((a, b) => a.length - b.length);
  if (part.length < MIN_VISIBLE) return false;
  const most = part.length * MAX_DIFFERENCE;
  return [whole.slice(0, part.length), whole.slice(-part.length)].some((end) => distance(part, end) <= most);
}

/** The letters and digits of a text, in one form each; a text of signs alone is compared as it is. */
function foldText(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase();
  const letters = folded.replaceAll(/[^\p{L}\p{N}]/gu, '');
  return letters === '' ? folded : letters;
}

/** Whether the digits of one text are those of the other, some of which may be missing. */
function agreeInDigits(a: string, b: string): boolean {
  const [fewer = '', more = ''] = [a, b]
    .map((text) => text.replaceAll(/\P{N}/gu, ''))
    .toSorted((one, other) => one.length - other.length);
  let position = 0;
  for (const digit of fewer) {
    position = more.indexOf(digit, position) + 1;
    if (position === 0) return false;
  }
  return true;
}
