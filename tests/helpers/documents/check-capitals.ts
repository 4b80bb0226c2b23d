import { isAllowedName } from './allowed-names.ts';
import { citationsOf } from './check-citations.ts';
import type { Complaint, DocumentParts, Piece } from './document-parts.ts';
import type { ProjectFacts } from './project-facts.ts';

/** `DATA_DIR`, and patterns such as `RETENTION_*_HOURS` and `JOB_NOT_…`. */
const CAPITALS = /(?<![\w$.{-])[A-Z][A-Z0-9]*(?:_(?:[A-Z0-9]+|\*|…|<[A-Z]+>))+(?![\w-])/g;
/** What a block of a document gives a value itself: `NAME=$(…)`, `NAME=${…}` or `const NAME =`. */
const OWN_NAME = /(?:^\s*|\s)(?:([A-Z][A-Z0-9_]*)=["']?\$|const ([A-Z][A-Z0-9_]*) =)/gm;
const PLACEHOLDER = /\*|…|<[A-Z]+>/g;

/** Names in capitals with an underscore: each is an environment variable, a code, or a value of an enum. */
export function checkCapitals(
  { path, prose, spans, fences }: DocumentParts,
  facts: ProjectFacts,
): Complaint[] {
  const own = new Set(
    fences.flatMap(({ text }) =>
      [...text.matchAll(OWN_NAME)].flatMap(([, shell, constant]) => shell ?? constant ?? []),
    ),
  );
  // A symbol that is cited with its file is looked for in that file.
  for (const { symbol } of citationsOf(prose)) own.add(symbol);
  const isKnown = (name: string): boolean => {
    const pattern = new RegExp(`^${name.replaceAll(PLACEHOLDER, '[A-Z0-9_]+')}$`);
    if (name.match(PLACEHOLDER)) return [...facts.capitals].some((one) => pattern.test(one));
    return facts.capitals.has(name) || own.has(name) || isAllowedName(path, name);
  };
  const lines: Piece[] = fences.flatMap(({ text, line }) =>
    text.split('\n').map((one, index) => ({ text: one, line: line + index })),
  );
  return [...spans, ...lines].flatMap(({ text, line }) =>
    [...text.matchAll(CAPITALS)]
      .filter(([name]) => !isKnown(name))
      .map(([name]) => ({ line, what: `nothing of the project is called ${name}` })),
  );
}
