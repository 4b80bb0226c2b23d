import { listBlocks, type DocumentedBlock } from '../documented-blocks.ts';

/** A piece of a document and its line, from 1. */
export interface Piece {
  text: string;
  line: number;
}

/** A Markdown document, taken apart into what can be checked. */
export interface DocumentParts {
  /** Path from the root of the project, such as `docs/clients.md`. */
  path: string;
  /** What stands between backticks, in one line. */
  spans: readonly Piece[];
  fences: readonly DocumentedBlock[];
  /** Targets of links, as they are written. */
  links: readonly Piece[];
  /** The text outside fences; lines of fences are empty, so that lines count as in the document. */
  prose: string;
}

/** What is wrong with a document, and in which line. */
export interface Complaint {
  line: number;
  what: string;
}

const SPAN = /(?<!`)(`+)(?!`)((?:(?!\n\s*\n)[^])+?)(?<!`)\1(?!`)/g;
const LINK = /\]\(([^)\s]+)\)/g;

/** Takes a Markdown document apart. Fences have to begin at the margin. */
export function readParts(path: string, markdown: string): DocumentParts {
  const fences = listBlocks(markdown);
  const lines = markdown.split('\n');
  for (const { line, text } of fences) {
    // Fences themselves go, too: one line before the text and one behind it.
    for (let index = line - 2; index <= line - 1 + text.split('\n').length; index += 1) lines[index] = '';
  }
  const prose = lines.join('\n');
  return { path, fences, prose, spans: pieces(prose, SPAN, 2), links: pieces(withoutSpans(prose), LINK, 1) };
}

/** The line of the document in which a match in its prose begins, from 1. */
export function lineOf(prose: string, index: number): number {
  return prose.slice(0, index).split('\n').length;
}

function pieces(prose: string, pattern: RegExp, group: number): Piece[] {
  return [...prose.matchAll(pattern)].map((match) => ({
    text: (match[group] ?? '')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(String.raw`\|`, '|')
      .trim(),
    line: lineOf(prose, match.index),
  }));
}

/** What stands between backticks is no link; as many characters take its place. */
function withoutSpans(prose: string): string {
  return prose.replaceAll(SPAN, (span) => span.replaceAll(/[^\n]/g, 'x'));
}
