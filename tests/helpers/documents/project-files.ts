import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../src/config.ts';

/** What is built, installed or written while the product runs. */
const NOT_OURS = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage']);
/** Here names stand that the checks must complain about. */
const PLANTED = 'tests/unit/docs/';
const TOOL_VARIABLE = /(?:process\.env|environment)(?:\.|\[')([A-Z]\w+)/g;
const CODE = /\.(ts|mjs|cjs|graphql|json)$/;

/** Paths of the project's own files, from its root. */
export function listProjectFiles(): string[] {
  return readdirSync(projectRoot, { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name))
    .flatMap((entry) => {
      if (!entry.isDirectory()) return [entry.name];
      return readdirSync(join(projectRoot, entry.name), { recursive: true, withFileTypes: true })
        .filter((below) => below.isFile())
        .map((below) => join(below.parentPath, below.name).slice(projectRoot.length + 1));
    });
}

/** The text of one of the project's files. */
export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** Every word that the code of the project has, and the variables that its tests and tools read. */
export function readCodeWords(files: readonly string[]): {
  words: ReadonlySet<string>;
  toolVariables: ReadonlySet<string>;
} {
  const words = new Set<string>();
  const toolVariables = new Set<string>();
  for (const file of files) {
    if (!CODE.test(file) || file === 'package-lock.json' || file.startsWith(PLANTED)) continue;
    const text = readProjectFile(file);
    for (const [word] of text.matchAll(/\w+/g)) words.add(word);
    if (!/^(tests|ci)\//.test(file)) continue;
    for (const [, name] of text.matchAll(TOOL_VARIABLE)) if (name) toolVariables.add(name);
  }
  return { words, toolVariables };
}
