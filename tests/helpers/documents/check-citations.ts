import { isAllowedName } from './allowed-names.ts';
import { lineOf, type Complaint, type DocumentParts } from './document-parts.ts';
import type { ProjectFacts } from './project-facts.ts';

/** A symbol that is cited with its file, as in [`src/jobs/job-status.ts`: `completeJob`]. */
export interface Citation {
  file: string;
  symbol: string;
  line: number;
}

const CITATION = /\[`([\w./-]+\.\w+)`:\s+(`[\w$]+`(?:,\s+`[\w$]+`)*)\]/g;
const QUOTED_TEST = /`(tests\/[^`]+\.test\.ts)`:\s+"([^"]+)"/g;
/** Names of the kinds `pollAfterMs` and `error_code`, also in paths such as `service.limits.maxUploadBytes`. */
const IDENTIFIER = /^[a-z]\w*(?:\.[a-z]\w*)*(?:\(\))?$/;

/** The citations of a document. */
export function citationsOf(prose: string): Citation[] {
  return [...prose.matchAll(CITATION)].flatMap(({ 1: file = '', 2: symbols = '', index }) =>
    symbols
      .split(',')
      .map((quoted) => ({ file, symbol: quoted.trim().replaceAll('`', ''), line: lineOf(prose, index) })),
  );
}

/** Symbols that are cited are declared in their file, tests have their title, other names are words of the code or of a block. */
export function checkCitations(
  { path, prose, spans, fences }: DocumentParts,
  facts: ProjectFacts,
): Complaint[] {
  const citations = citationsOf(prose);
  const symbols = citations.flatMap(({ file, symbol, line }) =>
    facts.files.has(file) && declares(facts.readFile(file), symbol)
      ? []
      : [{ line, what: `${file} declares no ${symbol}` }],
  );
  const tests = [...prose.matchAll(QUOTED_TEST)].flatMap(({ 1: file = '', 2: title = '', index }) =>
    facts.files.has(file) && facts.readFile(file).includes(title.replaceAll(/\s+/g, ' '))
      ? []
      : [{ line: lineOf(prose, index), what: `${file} has no test "${title}"` }],
  );
  const blocks = fences.filter(({ language }) => /^(sh|sql)$/.test(language)).map(({ text }) => text);
  const own = new Set(blocks.flatMap((text) => text.match(/\w+/g) ?? []));
  const names = spans
    .filter(({ text }) => IDENTIFIER.test(text) && /[A-Z_]/.test(text))
    .filter(({ text }) => !citations.some(({ symbol }) => symbol === text))
    .flatMap(({ text, line }) =>
      text
        .replace('()', '')
        .split('.')
        .filter((word) => !facts.words.has(word) && !own.has(word) && !isAllowedName(path, word))
        .map((word) => ({ line, what: `the code has no ${word}` })),
    );
  return [...symbols, ...tests, ...names];
}

/** Whether the text of a file declares a name: as a variable, a type, a function, a method or a member. */
function declares(text: string, symbol: string): boolean {
  const name = symbol.replaceAll('$', String.raw`\$`);
  return [
    String.raw`\b(?:function\*?|class|const|let|interface|type|enum|input|scalar)\s+${name}\b`,
    String.raw`^\s*(?:(?:async|static|readonly|private|get) )*['"]?${name}['"]?[?!]?\s*[(:=<]`,
    // Names of constraints and columns stand in quotes in SQL.
    String.raw`"${name}"`,
  ].some((pattern) => new RegExp(pattern, 'm').test(text));
}
