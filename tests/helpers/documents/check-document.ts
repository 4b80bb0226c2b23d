import { checkCapitals } from './check-capitals.ts';
import { checkCitations } from './check-citations.ts';
import { checkCommands } from './check-commands.ts';
import { checkOperations } from './check-operations.ts';
import { checkPaths } from './check-paths.ts';
import { readParts } from './document-parts.ts';
import type { ProjectFacts } from './project-facts.ts';

const CHECKS = [checkPaths, checkCommands, checkCapitals, checkCitations, checkOperations];

/** Every claim of a Markdown document that the project does not bear out, as `path:line: what is wrong`. */
export function checkDocument(path: string, markdown: string, facts: ProjectFacts): string[] {
  const parts = readParts(path, markdown);
  return CHECKS.flatMap((check) => check(parts, facts))
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, what }) => `${path}:${line}: ${what}`);
}
