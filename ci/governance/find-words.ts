import { lettersOf, type Vocabulary } from './read-vocabulary.ts';

/** Where a text uses a word of the vocabulary: the line, from 1 on, and the entry that it is a spelling of. */
export interface FoundWord {
  line: number;
  entry: string;
}

/** A word of a text, in small letters, and where it begins and ends (exclusive), in characters. */
interface Word {
  letters: string;
  start: number;
  end: number;
}

/** What may stand between the words of one name: nothing (camelCase), an underscore, a hyphen, spaces, or a wrapped line. */
const JOINT = /^(?:[_-]|[^\S\n]*(?:\n\s*(?:\*|\/\/|--|#)?[^\S\n]*)?)$/;
/** Capitals up to the one that begins the next word (HTTPServer), a word with or without its capital, or digits. */
const WORD = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+/gu;
/** Escapes in strings and regular expressions, whose letters are no part of the word behind them. */
const ESCAPE = /\\[bBdDfnrsStvwW0]/g;

/**
 * Every use of a forbidden word as programmers write it: words next to each other whose letters, put together, are those of
 * an entry. Letters inside another word are no use of it (`processed` does not use `sse`), and neither is what is part of
 * an allowed name.
 */
export function findForbiddenWords(text: string, { forbidden, allowed }: Vocabulary): FoundWord[] {
  const words = splitWords(text);
  const allowedSpans = allowed.flatMap((entry) => spansOf(text, words, entry));
  return forbidden
    .flatMap((entry) => spansOf(text, words, entry).map((span) => ({ entry, span })))
    .filter(
      ({ span: { start, end } }) => !allowedSpans.some((name) => name.start <= start && end <= name.end),
    )
    .toSorted((a, b) => a.span.start - b.span.start)
    .map(({ entry, span }) => ({ entry, line: text.slice(0, span.start).split('\n').length }));
}

function splitWords(text: string): Word[] {
  const plain = text.replaceAll(ESCAPE, (escape) => ' '.repeat(escape.length));
  return [...plain.matchAll(WORD)].map((match) => ({
    letters: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Where words next to each other spell an entry. */
function spansOf(text: string, words: readonly Word[], entry: string): Omit<Word, 'letters'>[] {
  const wanted = lettersOf(entry);
  return words.flatMap(({ start }, first) => {
    let spelt = '';
    for (let index = first; index < words.length && wanted.startsWith(spelt); index += 1) {
      const [word, before] = [words[index], words[index - 1]];
      if (word === undefined) break;
      if (index > first && before !== undefined && !JOINT.test(text.slice(before.end, word.start))) break;
      spelt += word.letters;
      if (spelt === wanted) return [{ start, end: word.end }];
    }
    return [];
  });
}
