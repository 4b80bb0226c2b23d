/** The addresses there are. Ids and what nobody serves are left out, so that the names stay few whatever clients ask for. */
const ROUTES: readonly (readonly [RegExp, string])[] = [
  [/^\/graphql\/?$/i, '/graphql'],
  [/^\/uploads\/?$/i, '/uploads'],
  [/^\/uploads\/[^/]+\/?$/i, '/uploads/:uploadId'],
  [/^\/video\/submit\/?$/i, '/video/submit'],
  [/^\/video\/status\/[^/]+\/?$/i, '/video/status/:jobId'],
  [/^\/video\/results\/[^/]+\/?$/i, '/video/results/:jobId'],
  [/^\/results\/[^/]+\/[^/]+\/?$/i, '/results/:jobId/:file'],
  [/^\/healthz\/?$/i, '/healthz'],
  [/^\/readyz\/?$/i, '/readyz'],
];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

/** The route of a request such as `GET /results/:jobId/:file`, from its method and its path without a query. */
export function nameRoute(method: string, path: string): string {
  const [, route] = ROUTES.find(([pattern]) => pattern.test(path)) ?? [];
  if (route === undefined) return 'other';
  return METHODS.has(method) ? `${method} ${route}` : `other ${route}`;
}
