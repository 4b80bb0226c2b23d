import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findPushTransports, findSubscriptions } from './check-push-transport.ts';
import { findForbiddenWords } from './find-words.ts';
import { readVocabulary } from './read-vocabulary.ts';

const SCANNED = ['src', 'worker', 'migrations', 'schema.graphql'];

/**
 * What in the project at `root` speaks of anything but polling, a line each: `file:line: word`. A file's path counts as its
 * first line.
 * @throws Error when the vocabulary, the schema, the manifest or one of the scanned folders is missing or malformed.
 */
export function checkGovernance(root: string): string[] {
  const vocabulary = readVocabulary(join(root, 'ci', 'forbidden-vocabulary.yaml'));
  const words = SCANNED.flatMap((place) => filesIn(root, place)).flatMap((file) => {
    const path = relative(root, file);
    const found = [
      ...findForbiddenWords(path, vocabulary),
      ...findForbiddenWords(readFileSync(file, 'utf8'), vocabulary),
    ];
    return found.map(({ line, entry }) => `${path}:${line}: ${entry}`);
  });
  const subscriptions = findSubscriptions(readFileSync(join(root, 'schema.graphql'), 'utf8'));
  const transports = findPushTransports(readFileSync(join(root, 'package.json'), 'utf8'));
  return [
    ...words,
    ...subscriptions.map((complaint) => `schema.graphql:${complaint}`),
    ...transports.map((complaint) => `package.json:1: ${complaint}`),
  ];
}

function filesIn(root: string, place: string): string[] {
  const path = join(root, place);
  if (!existsSync(path)) throw new Error(`${place} is missing, so it cannot be checked.`);
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  if (files.length === 0) throw new Error(`${place} holds no files, so it cannot be checked.`);
  return files;
}
