import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A service in front of a real one that refuses some requests as the real one does when too many come. */
export interface LimitingProxy {
  url: string;
  /** When each GraphQL request came, in milliseconds of `performance.now()`, and whether it was refused. */
  requests: { at: number; refused: boolean }[];
  close(): Promise<void>;
}

/** Starts a proxy before `target` that refuses every second request with RATE_LIMITED and `retryAfterMs`. */
export async function startLimitingProxy(target: string, retryAfterMs: number): Promise<LimitingProxy> {
  const requests: LimitingProxy['requests'] = [];
  const refusal = { message: 'Wait.', extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs } };
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const refused = requests.length % 2 === 0;
    requests.push({ at: performance.now(), refused });
    response.setHeader('content-type', 'application/json');
    if (refused) {
      response.writeHead(429).end(JSON.stringify({ errors: [refusal] }));
      return;
    }
    const headers = new Headers();
    for (const name of ['authorization', 'content-type', 'apollo-require-preflight']) {
      headers.set(name, String(request.headers[name] ?? ''));
    }
    const answer = await fetch(`${target}${request.url ?? ''}`, { method: 'POST', headers, body });
    response.writeHead(answer.status).end(await answer.text());
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no TCP address.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      return closed.promise;
    },
  };
}
