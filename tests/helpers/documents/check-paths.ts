import { dirname, join, matchesGlob } from 'node:path/posix';
import { isAllowedName } from './allowed-names.ts';
import type { Complaint, DocumentParts, Piece } from './document-parts.ts';
import type { ProjectFacts } from './project-facts.ts';

/** A file that is named without its folder. */
const BARE_FILE = /^[\w.*-]+\.(ts|mjs|md|graphql)$/;
/** Folders that are there once the product was built or has run. */
const BUILT = /^dist\/(.+)\.js$/;

/** Paths from the root of the project, bare names of source files, and links: what they name must be there. */
export function checkPaths(document: DocumentParts, facts: ProjectFacts): Complaint[] {
  const folders = new Set([...facts.files].flatMap((file) => (file.includes('/') ? file.split('/')[0] : [])));
  const ofPath = ({ text, line }: Piece): Complaint[] => {
    const path = text.replace(/^\.\//, '').replace(BUILT, '$1.ts');
    const isOurs = path.includes('/') && folders.has(path.split('/')[0]);
    return !isOurs || exists(path, facts.files) || isAllowedName(document.path, text)
      ? []
      : [{ line, what: `there is no file ${text}` }];
  };
  const ofSpan = ({ text, line }: Piece): Complaint[] => {
    const isBare = BARE_FILE.test(text) && !text.startsWith('*');
    if (isBare && !exists(`**/${text}`, facts.files)) return [{ line, what: `no folder has a file ${text}` }];
    return text.split(' ').flatMap((word) => ofPath({ text: trimmed(word), line }));
  };
  const ofFence = (fence: DocumentParts['fences'][number]): Complaint[] =>
    fence.text
      .split('\n')
      .flatMap((text, index) =>
        text
          .split(/[\s'"()=,;`]+/)
          .flatMap((word) => ofPath({ text: trimmed(word), line: fence.line + index })),
      );
  return [
    ...document.spans.flatMap(ofSpan),
    ...document.fences.flatMap(ofFence),
    ...document.links.flatMap((link) => ofLink(document.path, link, facts)),
  ];
}

function ofLink(from: string, { text, line }: Piece, facts: ProjectFacts): Complaint[] {
  if (/^[a-z]+:/.test(text)) return [];
  const [target = '', anchor] = text.split('#');
  const path = target === '' ? from : join(dirname(from), target);
  if (!exists(path, facts.files)) return [{ line, what: `the link ${text} leads nowhere` }];
  if (anchor === undefined || headingAnchors(facts.readFile(path)).has(anchor)) return [];
  return [{ line, what: `${path} has no heading #${anchor}` }];
}

/** Whether a file or folder is there; `<name>`, `{name}`, `…` and `*` stand for anything within one name. */
function exists(path: string, files: ReadonlySet<string>): boolean {
  const glob = path.replace(/\/$/, '').replaceAll(/<[^>]+>|\{\w+\}|…/g, '*');
  if (files.has(glob)) return true;
  return [...files].some((file) =>
    glob.includes('*')
      ? matchesGlob(file, glob) || matchesGlob(file, `${glob}/**`)
      : file.startsWith(`${glob}/`),
  );
}

function trimmed(word: string): string {
  return word.replace(/^[('"[]+/, '').replace(/[)'"\],.:;]+$/, '');
}

/** The anchors that GitHub gives the headings of a document. */
function headingAnchors(markdown: string): ReadonlySet<string> {
  const headings = markdown.matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
