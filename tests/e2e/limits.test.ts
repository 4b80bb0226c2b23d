import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../helpers/api-keys.ts';
import { doublingFragments } from '../helpers/doubling-fragments.ts';
import { fileAsBlob, startService, TINY_VIDEO, type RunningService } from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example.com';
const directories = [temporaryDirectory(), temporaryDirectory()] as const;
let production: RunningService;
let local: RunningService;
let key: string;

beforeAll(async () => {
  [production, local] = await Promise.all([
    startService({
      dataDirectory: directories[0],
      worker: false,
      environment: {
        NODE_ENV: 'production',
        AUTHENTICATION: 'keys',
        CORS_ORIGINS: `${APP}, http://localhost:5173`,
      },
    }),
    startService({ dataDirectory: directories[1], worker: false }),
  ]);
  key = await makeKey(production.database.url, 'ann', ['admin']);
});
afterAll(async () => {
  await production.stop();
  await local.stop();
});

const firstError = async (query: string) => (await production.request(query, {}, key)).errors?.[0];
const nested = (depth: number): string => (depth === 0 ? 'name' : `ofType { ${nested(depth - 1)} }`);
const aliases = (count: number) =>
  Array.from({ length: count }, (_unused, n) => `a${n}: pipelines { id }`).join(' ');

describe('a document', () => {
  it.each([
    ['too many aliases', `{ ${aliases(21)} }`],
    ['too many directives', `{ service { version ${'@include(if: true) '.repeat(21)} } }`],
    ['too many tokens', `{ service { ${'version '.repeat(2_001)} } }`],
    ['doubling fragments', `{ ...f0 } ${doublingFragments(150, 'Query', 'service { version }')}`],
    [
      'pages that are too long',
      '{ jobs(first: 100) { nodes { id } edges { node { id } } } b: jobs(first: 20001) { nodes { id } } }',
    ],
    [
      'too many ids',
      `{ statuses(jobIds: [${'"x" '.repeat(1_500)}]) { id status stage progress attempt queuePosition createdAt updatedAt startedAt finishedAt errorCode errorMessage retryable revision } }`,
    ],
    [
      'pages within pages',
      '{ a: jobs(first: 100) { nodes { id } } results(jobId: "x") { frames(first: 1000) { nodes { frameIndex timestampMs detections { label confidence trackId box { x y width height } } texts { text confidence box { x y width height } } } } tracks(first: 1000) { nodes { trackId label } } } }',
    ],
  ])('with %s is QUERY_TOO_COMPLEX, and says why', async (_what, query) => {
    const error = await firstError(query);
    expect(error?.extensions).toMatchObject({ code: 'QUERY_TOO_COMPLEX', retryable: false });
    expect(error?.message).toMatch(/\d/);
  });

  it('too deep is QUERY_TOO_COMPLEX, also through fragments', async () => {
    const development = async (query: string) => (await local.request(query)).errors?.[0]?.extensions['code'];
    expect(await development(`{ __type(name: "Job") { ${nested(12)} } }`)).toBe('QUERY_TOO_COMPLEX');
    const fragments = `{ __type(name: "Job") { ...A } } fragment A on __Type { ofType { ofType { ofType { ofType { ...B } } } } }
      fragment B on __Type { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } }`;
    expect(await development(fragments)).toBe('QUERY_TOO_COMPLEX');
    // What Apollo Sandbox and code generators send is fine.
    expect(await development(`{ __schema { types { fields { type { ${nested(7)} } } } } }`)).toBeUndefined();
  });

  it('that counts pages by a variable is measured with the value of each request', async () => {
    const query = 'query Page($first: Int!) { jobs(first: $first) { nodes { id status stage } } }';
    expect((await production.request(query, { first: 10 }, key)).errors).toBeUndefined();
    const refused = await production.request(query, { first: 100_000 }, key);
    expect(refused.errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
    expect((await production.request(query, { first: 10 }, key)).errors).toBeUndefined();
  });

  it('that skips by a variable is measured with the value of each request', async () => {
    const query =
      'query Page($skip: Boolean!) { jobs(first: 100) @skip(if: $skip) { nodes { id } } b: jobs(first: 30000) @skip(if: $skip) { nodes { id } } service { version } }';
    expect((await production.request(query, { skip: true }, key)).errors).toBeUndefined();
    expect((await production.request(query, { skip: false }, key)).errors?.[0]?.extensions['code']).toBe(
      'QUERY_TOO_COMPLEX',
    );
  });
});

describe('variables', () => {
  it.each([
    ['is missing', 'query A($id: ID!) { status(jobId: $id) { id } }', {}],
    ['has the wrong type', 'query B($first: Int!) { jobs(first: $first) { nodes { id } } }', { first: 'x' }],
  ])('of which one %s are INVALID_ARGUMENT with 400, every time', async (_what, query, variables) => {
    for (let time = 0; time < 2; time += 1) {
      const answer = await production.fetch(
        '/graphql',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
        },
        key,
      );
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_ARGUMENT' } }] });
    }
  });
});

describe('a request', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    production.fetch(
      '/graphql',
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
      key,
    );

  it('that asks for too much is answered with 400', async () => {
    const answer = await post(JSON.stringify({ query: '{ jobs(first: 100000) { nodes { id } } }' }));
    expect(answer.status).toBe(400);
  });

  it('of several operations at once is refused', async () => {
    const answer = await post(
      JSON.stringify([{ query: '{ service { version } }' }, { query: '{ service { version } }' }]),
    );
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('batching');
  });

  it.each([
    [
      'a body that is too large',
      JSON.stringify({ query: `{ service { version } } # ${'x'.repeat(1_000_000)}` }),
    ],
    ['what is no JSON', '{"query"'],
  ])('with %s is refused', async (_what, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_ARGUMENT' } }] });
  });

  it('with two files is refused', async () => {
    const video = await fileAsBlob(TINY_VIDEO);
    const query =
      'mutation($a: Upload, $b: Upload) { a: submitVideo(file: $a) { id } b: submitVideo(file: $b) { id } }';
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables: { a: null, b: null } }));
    form.set('map', JSON.stringify({ 0: ['variables.a'], 1: ['variables.b'] }));
    form.set('0', video, 'a.mp4');
    form.set('1', video, 'b.mp4');
    const headers = { 'apollo-require-preflight': 'true' };
    const answer = await production.fetch('/graphql', { method: 'POST', headers, body: form }, key);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_ARGUMENT' } }] });
  });
});

describe('in production', () => {
  it('there is neither introspection, nor a hint at the schema, nor Apollo Sandbox', async () => {
    expect((await firstError('{ __schema { types { name } } }'))?.message).toContain('introspection');
    const hint = await firstError('{ servise { version } }');
    expect(hint?.message).not.toContain('Did you mean');
    const page = await production.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(401);
    const withKey = await production.fetch('/graphql', { headers: { accept: 'text/html' } }, key);
    expect(await withKey.text()).not.toContain('<html');
  });

  it('every answer carries headers that keep browsers in bounds', async () => {
    for (const path of ['/healthz', '/nothing', '/graphql']) {
      const { headers } = await production.fetch(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toContain('max-age');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

describe('pages of other origins', () => {
  it('may use the service when the operator allows their origin, and only then', async () => {
    const preflight = (origin: string) =>
      production.fetch('/graphql', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
    const allowed = await preflight(APP);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(APP);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await preflight(EVIL)).headers.get('access-control-allow-origin')).toBeNull();

    const ask = (origin: string) =>
      production.fetch('/video/status/x', { headers: { origin } }, key).then(({ status }) => status);
    expect([await ask(APP), await ask(EVIL)]).toEqual([400, 403]);
  });

  it('do not keep tus clients from learning what of tus the service speaks', async () => {
    const { status, headers } = await production.fetch('/uploads', { method: 'OPTIONS' }, key);
    expect([status, headers.get('tus-version')]).toEqual([204, '1.0.0']);
  });

  it('are not Apollo Sandbox, which the service shows itself and which asks from there', async () => {
    const page = await local.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('sandbox');
    const answer = await local.fetch('/graphql', {
      method: 'POST',
      headers: { origin: local.url, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __schema { queryType { name } } }' }),
    });
    expect(await answer.json()).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
  });

  it('cannot make a browser send forms to a service on the loopback interface', async () => {
    const form = new FormData();
    form.set('file', await fileAsBlob(TINY_VIDEO), 'a.mp4');
    const submit = async (origin: string) =>
      (await local.fetch('/video/submit', { method: 'POST', headers: { origin }, body: form })).status;
    expect([await submit(EVIL), await submit(local.url)]).toEqual([403, 200]);
  });

  it('cannot reach it by a name of their own that resolves to the loopback address', async () => {
    const status = (host: string) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${local.url}/video/status/x`, { headers: { host } });
        request.on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject).end();
      });
    const { port } = new URL(local.url);
    expect(await status('rebound.example.com')).toBe(403);
    expect(await status(`localhost:${port}`)).toBe(400);
    expect(await status(`[::1]:${port}`)).toBe(400);
  });
});
