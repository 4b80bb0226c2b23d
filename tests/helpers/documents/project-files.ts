import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../src/config.ts';

/** What is built, installed or written while the product runs. */
const NOT_OURS = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage']);
/** Here names stand that the checks must complain about. */
const PLANTED = 'tests/unit/docs/';
const TOOL_VARIABLE = /(?:process\.env|environment)(?:\.|\[')([A-Z]\w+)/g;
const CODE = /\.(ts|mjs|cjs|graphql|json|yaml|yml)$/;
/** What runs the product or its checks, and sets variables for it. */
const DEPLOYMENT = /(^|\/)(Dockerfile|[\w.-]+\.(yaml|yml|sh))$/;
const SET_VARIABLE = /(?<![\w-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?=[=:}])/g;

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

/** Every word that the code of the project has, and the variables that its tests, tools and containers read or set. */
export function readCodeWords(files: readonly string[]): {
  words: ReadonlySet<string>;
  toolVariables: ReadonlySet<string>;
} {
  const words = new Set<string>();
  const toolVariables = new Set<string>();
  for (const file of files) {
    const isCode = CODE.test(file) && file !== 'package-lock.json' && !file.startsWith(PLANTED);
    const isDeployment = DEPLOYMENT.test(file);
    if (!isCode && !isDeployment) continue;
    const text = readProjectFile(file);
    if (isCode) for (const [word] of text.matchAll(/\w+/g)) words.add(word);
    const readByTools = /^(tests|ci)\//.test(file) ? [...text.matchAll(TOOL_VARIABLE)] : [];
    const set = isDeployment ? [...text.matchAll(SET_VARIABLE)] : [];
    for (const [, name] of [...readByTools, ...set]) if (name) toolVariables.add(name);
  }
  return { words, toolVariables };
}
