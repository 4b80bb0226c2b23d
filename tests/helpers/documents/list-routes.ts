import { RESULTS_FORMAT_INFO } from '../../../src/results/results-formats.ts';

/** A route of the HTTP server. */
export interface Route {
  /** Such as `GET`; `ALL` for every method. */
  method: string;
  /** Such as `/video/status/:jobId`. */
  path: string;
}

const FILE_NAME_OF_FORMAT = '${RESULTS_FORMAT_INFO[format].fileName}';

/** Reads the routes from the calls of Express in src/http. */
export function listRoutes(files: readonly string[], readFile: (path: string) => string): Route[] {
  const sources = files
    .filter((path) => path.startsWith('src/http/'))
    .map((path) => ({ path, text: readFile(path) }));
  const mounts = new Map<string, string>();
  for (const { text } of sources) {
    for (const [, prefix = '', factory = ''] of text.matchAll(/\bapp\.use\('(\/[^']*)', (create\w+)\(/g)) {
      mounts.set(factory, prefix);
    }
  }
  const routes = sources.flatMap(({ text }) => {
    const factory = /export function (create\w+)\(/.exec(text)?.[1] ?? '';
    const prefix = mounts.get(factory) ?? '';
    return [
      ...text.matchAll(/\b(?:app|router)\.(get|post|put|patch|delete|options|all)\(\s*['`](\/[^'`]*)/g),
    ].map(([, method = '', path = '']) => ({ method: method.toUpperCase(), path: `${prefix}${path}` }));
  });
  const graphql: Route = { method: 'POST', path: '/graphql' };
  return [graphql, ...routes.flatMap(ofEachFormat)].map(({ method, path }) => ({
    method,
    path: path.replace(/(.)\/$/, '$1'),
  }));
}

function ofEachFormat(route: Route): Route[] {
  if (!route.path.includes(FILE_NAME_OF_FORMAT)) return [route];
  return Object.values(RESULTS_FORMAT_INFO).map(({ fileName }) => ({
    method: route.method,
    path: route.path.replace(FILE_NAME_OF_FORMAT, fileName),
  }));
}

/** Whether a route answers to a method and a path as a document writes it: `/results/{job}/coco.json?x=y`. */
export function isRoute(routes: readonly Route[], method: string, documented: string): boolean {
  const parts = documented.replace(/\?.*$/, '').split('/');
  return routes.some((route) => {
    const expected = route.path.split('/');
    return (
      (route.method === method || route.method === 'ALL') &&
      expected.length === parts.length &&
      expected.every((part, index) => part.startsWith(':') || part === parts[index])
    );
  });
}
