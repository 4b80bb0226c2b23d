import type { ErrorCodeFacts } from './error-code-facts.ts';
import { ERROR_CODES } from './error-codes.ts';

const BEGIN = '<!-- Printed from src/error-codes.ts by `npm run errors:print`. Do not edit. -->';
const END = '<!-- End of the printed part. -->';

/** The table of codes in Markdown, with padded columns as the formatter of this repository writes them. */
export function printErrorTable(): string {
  const entries = Object.entries<ErrorCodeFacts>(ERROR_CODES);
  const rows = entries.map(([code, { httpStatus, retryable, seenIn, when, remedy }]) =>
    [`\`${code}\``, String(httpStatus), retryable ? 'yes' : 'no', seenIn.join(', '), when, remedy].map(
      escapeCell,
    ),
  );
  const table = [['Code', 'HTTP', 'Retryable', 'Seen in', 'When', 'What to do'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) => toLine(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [...lines.slice(0, 1), toLine(widths.map((width) => '-'.repeat(width))), ...lines.slice(1)].join(
    '\n',
  );
}

/** The text of docs/errors.md with its table printed anew. @throws Error when the marks around the table are gone. */
export function renewErrorTable(document: string): string {
  const [before, rest] = splitOnce(document, BEGIN);
  const [, after] = splitOnce(rest, END);
  return `${before}${BEGIN}\n\n${printErrorTable()}\n\n${END}${after}`;
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at === -1)
    throw new Error(`docs/errors.md has lost the line "${mark}". Put it back where the table is.`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function toLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
