import type { Complaint, DocumentParts, Piece } from './document-parts.ts';
import type { ProjectFacts } from './project-facts.ts';
import { isRoute } from './list-routes.ts';

const NPM_SCRIPT = /\bnpm (?:run (?:--silent |-s )?)?([a-z][\w:-]*)/g;
/** What npm does itself. */
const NPM_OWN = new Set(['ci', 'install', 'exec', 'run', 'view', 'root', 'pack']);
/** The command, where a shell would look for one, with the words behind it. */
const FOREGSYTE =
  /(?:^|[;&|(])\s*(?:\$ )?(?:[A-Z][A-Z0-9_]*=\S+ )*(?:npm run (?:--silent )?|npx |node dist\/src\/cli\/)?foregsyte(?:\.js)?\b(?: --(?= ))?([^;&|)\n]*)/g;
const ROUTE = /^((?:[A-Z]{3,7}(?:, )?)+) (\/\S*)$/;

/** Scripts of npm, commands of `foregsyte` with their options, and routes such as `GET /healthz`. */
export function checkCommands(document: DocumentParts, facts: ProjectFacts): Complaint[] {
  const shells = document.fences.filter(({ language }) => /^(sh|bash|console)$/.test(language));
  const lines: Piece[] = [
    ...document.spans,
    ...shells.flatMap(({ text, line }) =>
      text.split('\n').map((one, index) => ({ text: one.replace(/\s#.*$/, ''), line: line + index })),
    ),
  ];
  return [
    ...lines.flatMap((piece) => checkScripts(piece, facts)),
    ...lines.flatMap((piece) => checkForegsyte(piece, facts)),
    ...lines.flatMap((piece) => checkRoute(piece, facts)),
  ];
}

function checkScripts({ text, line }: Piece, { scripts }: ProjectFacts): Complaint[] {
  return [...text.matchAll(NPM_SCRIPT)].flatMap(([command, name = '']) => {
    const isRun = command.startsWith('npm run');
    if (scripts.has(name) || (!isRun && NPM_OWN.has(name))) return [];
    return [{ line, what: `package.json has no script ${name}` }];
  });
}

function checkForegsyte({ text, line }: Piece, { commands }: ProjectFacts): Complaint[] {
  const matches = withoutChoices(text).flatMap((one) => Array.from(one.matchAll(FOREGSYTE)));
  return matches.flatMap(([, rest = '']) => {
    const words = rest.trim().split(/\s+/);
    let name = '';
    const isName = (word: string): boolean => /^[a-z][a-z-]*$/.test(word);
    const bare = words.filter((word) => !word.startsWith('-'));
    for (const word of bare) {
      if (!isName(word) || !commands.get(name)?.subcommands.size) break;
      const longer = `${name} ${word}`.trim();
      if (!commands.has(longer)) return [{ line, what: `there is no command foregsyte ${longer}` }];
      name = longer;
    }
    const options = words.flatMap((word) => /^--[\w-]+/.exec(word)?.[0] ?? []);
    return options
      .filter((option) => !commands.get(name)?.options.has(option))
      .map((option) => ({ line, what: `foregsyte ${name} has no option ${option}` }));
  });
}

function checkRoute({ text, line }: Piece, { routes }: ProjectFacts): Complaint[] {
  const [, methods, path = ''] = ROUTE.exec(text) ?? [];
  const unknown = (methods?.split(', ') ?? []).filter((method) => !isRoute(routes, method, path));
  return unknown.map((method) => ({ line, what: `there is no route ${method} ${path}` }));
}

/** `migrate [up|down]` is two commands. */
function withoutChoices(text: string): string[] {
  const [choice, inside] = /\[([\w|]+)\]/.exec(text) ?? [];
  if (choice === undefined || inside === undefined) return [text];
  return inside.includes('|')
    ? inside.split('|').map((one) => text.replace(choice, one))
    : [text.replace(choice, '')];
}
